import { setImmediate } from 'node:timers/promises';
import {
  encodeBundle,
  Frontier,
  type Tile,
  TILE_WIDTH,
  type TileBytes,
  tilePath,
} from '@plumbline/ledger';
import type { Disk } from '../disk/disk.ts';
import { LOG_FOLDER } from './layout.ts';
import { primitives } from './primitives.ts';
import type { TailEntry } from './tail.ts';
import { FileWriter, type WantedFile } from './write-files.ts';

/** Leaves that are put into the tree in one go without haste: about two milliseconds. */
const CHUNK = 512;
const MOST_CHUNKS = 8;
/** What is gathered before it is written; one chunk of large entries adds more. */
const GATHERED_BYTES = 16 * 1024 * 1024;

/** Where a tree stands: its right edge, and the entries of its last bundle that is not full. */
export type Edge = {
  readonly size: number;
  readonly tiles: readonly Uint8Array[];
  readonly entries: readonly Uint8Array[];
};

/**
 * Grows the tree on the disk: full tiles and bundles as they fill, partial ones when asked for.
 * Nothing here is referred to before a state and a checkpoint name its size.
 */
export class TreeWriter {
  readonly #writer: FileWriter;
  readonly #disk: Disk;
  readonly #frontier: Frontier;
  readonly #filled: TileBytes[] = [];
  /** Folders of partial tiles, by the path of the full one. */
  readonly #partials = new Set<string>();
  #open: Uint8Array[];

  private constructor(disk: Disk, edge: Edge) {
    this.#disk = disk;
    this.#writer = new FileWriter(disk);
    const given = {
      sha256: primitives.sha256,
      takeFullTile: (full: TileBytes): void => void this.#filled.push(full),
    };
    const frontier = Frontier.resume(given, edge.size, edge.tiles);
    if (frontier === undefined) throw new Error('bug: the edge was checked');
    this.#frontier = frontier;
    this.#open = [...edge.entries];
    for (const path of latestTiles(edge.size)) this.#partials.add(path);
  }

  /** Continues a tree from its edge, whose tiles `Frontier.resume` accepts. */
  static resume(disk: Disk, edge: Edge): TreeWriter {
    return new TreeWriter(disk, edge);
  }

  get size(): number {
    return this.#frontier.size;
  }

  root(): Uint8Array {
    return this.#frontier.root();
  }

  /**
   * Adds entries, and makes every file of the tree of the size that comes out durable. It gives
   * way to everything else after each few hundred entries.
   *
   * haste: how many files to write at once and how many chunks of leaves to add in one go, from 1
   * on; asked anew each time.
   */
  async grow(entries: readonly TailEntry[], haste: () => number): Promise<void> {
    let files: WantedFile[] = [];
    for (let at = 0; at < entries.length;) {
      const end = at + CHUNK * Math.min(MOST_CHUNKS, haste());
      files.push(...this.#add(entries.slice(at, end)));
      at = end;
      if (files.reduce((sum, { bytes }) => sum + bytes.length, 0) >= GATHERED_BYTES) {
        await this.#writer.write(files, haste());
        files = [];
      } else await setImmediate();
    }
    await this.#writer.write([...files, ...this.#partialFiles()], haste());
  }

  /** Removes partial tiles whose full ones a published checkpoint covers. */
  async dropPartials(): Promise<void> {
    const needed = new Set(edgeTiles(this.size).map(fullPath));
    for (const path of this.#partials) {
      if (needed.has(path)) continue;
      const folder = `${LOG_FOLDER}/${path}.p`;
      for (const name of await this.#disk.list(folder))
        await this.#disk.remove(`${folder}/${name}`);
      this.#partials.delete(path);
    }
    for (const path of needed) this.#partials.add(path);
  }

  #add(entries: readonly TailEntry[]): readonly WantedFile[] {
    const files: WantedFile[] = [];
    for (const { bytes, leaf } of entries) {
      this.#frontier.append(leaf);
      this.#open.push(bytes);
      if (this.#open.length < TILE_WIDTH) continue;
      files.push(bundleFile(this.#open, this.#frontier.size));
      this.#open = [];
    }
    for (const { tile, bytes } of this.#filled.splice(0)) files.push({ path: pathOf(tile), bytes });
    return files;
  }

  #partialFiles(): readonly WantedFile[] {
    const files = this.#frontier
      .partialTiles()
      .map(({ tile, bytes }) => ({ path: pathOf(tile), bytes }));
    return this.#open.length === 0 ? files : [...files, bundleFile(this.#open, this.size)];
  }
}

/**
 * The paths of the last two tiles of each level and of the last two bundles: a crash may have left
 * partial ones beside any of them.
 */
function latestTiles(size: number): readonly string[] {
  const paths: string[] = [];
  for (let level = 0, hashes = size; hashes > 0; level += 1) {
    hashes = Math.floor(hashes / TILE_WIDTH);
    for (const index of [hashes - 1, hashes].filter((each) => each >= 0)) {
      paths.push(tilePath({ level, index, width: TILE_WIDTH }));
      if (level === 0) paths.push(tilePath({ level: 'entries', index, width: TILE_WIDTH }));
    }
  }
  return paths;
}

/** The tiles and the bundle that are partial in a tree of a size. */
function edgeTiles(size: number): readonly Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0, hashes = size; hashes > 0; level += 1) {
    const index = Math.floor(hashes / TILE_WIDTH);
    if (hashes % TILE_WIDTH > 0) tiles.push({ level, index, width: hashes % TILE_WIDTH });
    if (level === 0) tiles.push(...tiles.map((tile) => ({ ...tile, level: 'entries' as const })));
    hashes = index;
  }
  return tiles;
}

function fullPath(tile: Tile): string {
  return tilePath({ ...tile, width: TILE_WIDTH });
}

function pathOf(tile: Tile): string {
  return `${LOG_FOLDER}/${tilePath(tile)}`;
}

function bundleFile(entries: readonly Uint8Array[], end: number): WantedFile {
  const index = Math.floor((end - 1) / TILE_WIDTH);
  const bundle = encodeBundle(entries);
  if (!bundle.ok) throw new Error(`bug: ${bundle.error.message}`);
  return { path: pathOf({ level: 'entries', index, width: entries.length }), bytes: bundle.value };
}
