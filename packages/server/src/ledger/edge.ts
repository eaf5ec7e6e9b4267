import {
  equalBytes,
  Frontier,
  HASH_BYTES,
  leafHash,
  parseBundle,
  partialTiles,
  readBundle,
  type Result,
  TILE_WIDTH,
  type TileBytes,
  tilePath,
} from '@plumbline/ledger';
import type { Disk } from '../disk/disk.ts';
import { diskSource } from './disk-source.ts';
import { LOG_FOLDER } from './layout.ts';
import { type Opened, opened, refuse, RESTORE_FILE } from './log-refused.ts';
import type { LogState } from './log-state.ts';
import { primitives } from './primitives.ts';
import type { Edge } from './tree-writer.ts';
import { FileWriter, type WantedFile } from './write-files.ts';

type Where = Pick<LogState, 'size' | 'root'>;

/**
 * Returns the right edge of the tree on the disk, which hashes to the stored root.
 *
 * A tile of the edge that is missing is rebuilt from the bundles, which the root then judges. One
 * that is there and differs was changed by somebody, and is refused: nothing is repaired silently.
 */
export async function loadEdge(disk: Disk, where: Where): Promise<Opened<Edge>> {
  const wanted = partialTiles(where.size);
  const tiles: Uint8Array[] = [];
  for (const tile of wanted) {
    const bytes = await disk.read(`${LOG_FOLDER}/${tilePath(tile)}`);
    if (bytes === undefined) {
      const rebuilt = await checkWhole(disk, where);
      return rebuilt.ok ? loadEdge(disk, where) : rebuilt;
    }
    tiles.push(bytes);
  }
  const given = { sha256: primitives.sha256, takeFullTile: () => undefined };
  const frontier = Frontier.resume(given, where.size, tiles);
  if (frontier === undefined || !equalBytes(frontier.root(), where.root)) {
    const happened = `the tiles of size ${where.size} do not hash to the root in \`log-state\``;
    return refuse('tampered', happened, RESTORE_FILE);
  }
  const entries = await loadOpenBundle(disk, where.size, tiles[0]);
  return entries.ok ? opened({ size: where.size, tiles, entries: entries.value }) : entries;
}

/** The entries of the last, partial bundle, which hash to the partial tile beside it. */
async function loadOpenBundle(
  disk: Disk,
  size: number,
  tile: Uint8Array | undefined,
): Promise<Opened<readonly Uint8Array[]>> {
  const width = size % TILE_WIDTH;
  if (width === 0) return opened([]);
  const index = Math.floor(size / TILE_WIDTH);
  const path = `${LOG_FOLDER}/${tilePath({ level: 'entries', index, width })}`;
  const bytes = await disk.read(path);
  if (bytes === undefined) return refuse('truncated', `\`${path}\` is missing`, RESTORE_FILE);
  const parsed = parseBundle(bytes, width);
  const isWhole =
    parsed.ok &&
    parsed.value.every((entry, at) => {
      const leaf = tile?.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);
      return leaf !== undefined && equalBytes(leaf, leafHash(primitives.sha256, entry));
    });
  return isWhole
    ? opened(parsed.value)
    : refuse('tampered', `\`${path}\` is not what its tile says`, RESTORE_FILE);
}

/**
 * Recomputes the whole tree from its bundles and compares every tile of it; those that are missing
 * are written. Returns how many were.
 */
export async function checkWhole(disk: Disk, { size, root }: Where): Promise<Opened<number>> {
  const source = diskSource(disk, LOG_FOLDER);
  const filled: TileBytes[] = [];
  const frontier = new Frontier(primitives.sha256, (full) => filled.push(full));
  const missing: WantedFile[] = [];
  for (let index = 0; frontier.size < size; index += 1) {
    const bundle = await readBundle(source, { index, size });
    if (!bundle.ok) return refuseBundle(bundle);
    for (const entry of bundle.value) frontier.append(leafHash(primitives.sha256, entry));
    const isLast = frontier.size === size;
    const tiles = [...filled.splice(0), ...(isLast ? frontier.partialTiles() : [])];
    const compared = await compareTiles(disk, tiles);
    if (!compared.ok) return compared;
    missing.push(...compared.value);
  }
  if (!equalBytes(frontier.root(), root)) {
    const happened = `the entries do not hash to the root of size ${size} in \`log-state\``;
    return refuse('tampered', happened, RESTORE_FILE);
  }
  await new FileWriter(disk).write(missing);
  return opened(missing.length);
}

function refuseBundle({ error }: Extract<Result<unknown>, { ok: false }>): Opened<never> {
  const code = error.code === 'missing' ? 'truncated' : 'tampered';
  return refuse(code, error.message, RESTORE_FILE);
}

async function compareTiles(
  disk: Disk,
  tiles: readonly TileBytes[],
): Promise<Opened<readonly WantedFile[]>> {
  const missing: WantedFile[] = [];
  for (const { tile, bytes } of tiles) {
    const path = `${LOG_FOLDER}/${tilePath(tile)}`;
    const found = await disk.read(path);
    if (found === undefined) missing.push({ path, bytes });
    else if (!equalBytes(found, bytes)) {
      return refuse('tampered', `\`${path}\` does not hash its entries`, RESTORE_FILE);
    }
  }
  return opened(missing);
}
