import { parseBundle } from './bundle.ts';
import { HASH_BYTES } from './hash.ts';
import { type Result, fault, ok } from '../result.ts';
import { TILE_WIDTH, tilePath, tileWidth } from './tile.ts';

/**
 * Where a log's files are read from: a folder, a web server, an evidence pack.
 *
 * read: the bytes at a path below the log's prefix, or undefined when there is no such file. It
 * never rejects: the adapter that touches the outside world retries and gives up. It should refuse
 * files over 17 MiB, the largest a bundle can be.
 */
export type LogSource = {
  readonly read: (path: string) => Promise<Uint8Array | undefined> | Uint8Array | undefined;
};

/** One tile or bundle of a tree of `size`. */
export type Place = { readonly level: number; readonly index: number; readonly size: number };

/** Returns the hashes of one tile, side by side: as many as a tree of `size` has there. */
export async function readTile(
  source: LogSource,
  { level, index, size }: Place,
): Promise<Result<Uint8Array>> {
  const width = tileWidth(size, level, index);
  const read = await readWidest(source, { level, index, width });
  if (!read.ok) return read;
  const { bytes, isFull, path } = read.value;
  const wanted = (isFull ? TILE_WIDTH : width) * HASH_BYTES;
  return bytes.length === wanted
    ? ok(bytes.subarray(0, width * HASH_BYTES))
    : fault('malformed', `${path}: ${bytes.length} bytes, must be ${wanted}`);
}

/** Returns the entries of one bundle: as many as a tree of `size` has there. */
export async function readBundle(
  source: LogSource,
  { index, size }: Omit<Place, 'level'>,
): Promise<Result<readonly Uint8Array[]>> {
  const width = tileWidth(size, 'entries', index);
  const read = await readWidest(source, { level: 'entries', index, width });
  if (!read.ok) return read;
  const { bytes, isFull, path } = read.value;
  const parsed = parseBundle(bytes, width, isFull && width < TILE_WIDTH);
  return parsed.ok ? parsed : fault('malformed', `${path}: ${parsed.error.message}`);
}

type Read = { readonly bytes: Uint8Array; readonly isFull: boolean; readonly path: string };

/** A log may drop a partial tile once the full one exists: its first hashes are the same. */
async function readWidest(
  source: LogSource,
  tile: Parameters<typeof tilePath>[0],
): Promise<Result<Read>> {
  const paths = [tilePath(tile), tilePath({ ...tile, width: TILE_WIDTH })];
  for (const path of new Set(paths)) {
    const bytes = await source.read(path);
    if (bytes !== undefined) return ok({ bytes, isFull: path === paths[1], path });
  }
  return fault('missing', `${paths[0]}: no such file in the log`);
}
