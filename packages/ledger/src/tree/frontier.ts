import { emptyRoot, foldPeaks, HASH_BYTES, nodeHash } from './hash.ts';
import type { Sha256 } from '../primitives.ts';
import { partialTiles, type Tile, TILE_WIDTH } from './tile.ts';

/** A tile with its bytes: `width` hashes, side by side. */
export type TileBytes = { readonly tile: Tile; readonly bytes: Uint8Array };

/** Takes each tile as it fills; the array is the receiver's to keep. */
export type TakeFullTile = (full: TileBytes) => void;

/**
 * The right edge of a growing tree: enough to append leaves, to know the root, and to write every
 * tile. The writer and the verifier both grow trees with it, so both agree on what a tile is.
 *
 * It holds the compact range (one hash per binary digit of the size) and one open tile per level:
 * about 8 KiB per factor of 256 in size.
 */
export class Frontier {
  readonly #sha256: Sha256;
  readonly #takeFullTile: TakeFullTile;
  // INVARIANT: one root of a perfect subtree per set bit of the size, greatest first.
  readonly #peaks: Uint8Array[] = [];
  readonly #openTiles: Uint8Array[] = [];
  #size = 0;

  constructor(sha256: Sha256, takeFullTile: TakeFullTile) {
    this.#sha256 = sha256;
    this.#takeFullTile = takeFullTile;
  }

  /**
   * Returns the edge of a tree of `size` from its partial tiles, as `partialTiles` lists them, or
   * undefined when one has not exactly its width. The caller compares `root()` with a checkpoint.
   */
  static resume(
    given: { readonly sha256: Sha256; readonly takeFullTile: TakeFullTile },
    size: number,
    tiles: readonly Uint8Array[],
  ): Frontier | undefined {
    const frontier = new Frontier(given.sha256, given.takeFullTile);
    const wanted = partialTiles(size);
    for (const [at, { level, width }] of [...wanted.entries()].reverse()) {
      const bytes = tiles[at];
      if (bytes?.length !== width * HASH_BYTES) return undefined;
      for (let index = 0; index < width; index += 1) {
        frontier.#place(level, index, bytes.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES));
      }
    }
    frontier.#size = size;
    return tiles.length === wanted.length ? frontier : undefined;
  }

  /** How many leaves the tree has. */
  get size(): number {
    return this.#size;
  }

  /** Adds one leaf hash, handing over every tile that it fills. */
  append(leaf: Uint8Array): void {
    this.#place(0, this.#size, leaf);
    this.#size += 1;
  }

  /** Returns the root of the tree as it stands. */
  root(): Uint8Array {
    return this.#size === 0 ? emptyRoot(this.#sha256) : foldPeaks(this.#sha256, this.#peaks);
  }

  /** Returns the partial tiles a checkpoint of this size needs, lowest level first. */
  partialTiles(): readonly TileBytes[] {
    return partialTiles(this.#size).map((tile) => ({
      tile,
      bytes: (this.#openTiles[tile.level] ?? new Uint8Array(0)).slice(0, tile.width * HASH_BYTES),
    }));
  }

  /** Puts a hash into its tile, joins it with what is complete beside it, and climbs. */
  #place(level: number, index: number, hash: Uint8Array): void {
    this.#store(level, index, hash);
    let node = hash;
    let height = level * 8;
    // A set lowest bit says that a sibling of the same height stands to the left.
    for (let place = index; place % 2 === 1;) {
      const left = this.#peaks.pop();
      if (left === undefined) throw new Error('bug: no subtree left of a right child');
      node = nodeHash(this.#sha256, left, node);
      place = (place - 1) / 2;
      height += 1;
      if (height % 8 === 0) this.#store(height / 8, place, node);
    }
    this.#peaks.push(node);
  }

  #store(level: number, index: number, hash: Uint8Array): void {
    const bytes = (this.#openTiles[level] ??= new Uint8Array(TILE_WIDTH * HASH_BYTES));
    const at = index % TILE_WIDTH;
    bytes.set(hash, at * HASH_BYTES);
    if (at < TILE_WIDTH - 1) return;
    this.#openTiles[level] = new Uint8Array(TILE_WIDTH * HASH_BYTES);
    const tile = { level, index: Math.floor(index / TILE_WIDTH), width: TILE_WIDTH };
    this.#takeFullTile({ tile, bytes });
  }
}
