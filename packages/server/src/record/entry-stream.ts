import { type LogSource, readBundle, readCheckpoint, TILE_WIDTH } from '@plumbline/ledger';

import type { OfflineRecord } from './offline.ts';
import { OfflineError } from './offline-error.ts';
import { entryPath, readPack } from './pack-files.ts';

/** One entry with its place in the log. */
export type Placed = { readonly index: number; readonly bytes: Uint8Array };

/** Returns the size the checkpoint states. Nothing is verified. Errors: `OfflineError`. */
export async function statedSize(record: OfflineRecord): Promise<number> {
  const bytes = await record.source.read('checkpoint');
  const read = bytes === undefined ? undefined : readCheckpoint(bytes);
  if (read?.ok === true) return read.value.checkpoint.size;
  const why = read === undefined ? 'no such file' : read.error.message;
  throw new OfflineError(`${record.place}: checkpoint`, why);
}

/**
 * Yields entries in order, a bundle's worth at a time, as they stand in the files: who relies on
 * them verifies the log first. Errors: `OfflineError` with the file.
 */
export async function* entriesOf(
  record: OfflineRecord,
  { from, until }: { readonly from: number; readonly until: number },
): AsyncGenerator<readonly Placed[]> {
  if (record.packFolder !== null) {
    yield* packEntries(record, { from, until });
    return;
  }
  const size = await statedSize(record);
  const end = Math.min(until, size);
  for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < end; index += 1) {
    const bundle = await readBundle(record.source, { index, size });
    if (!bundle.ok) throw new OfflineError(record.place, bundle.error.message);
    const placed = bundle.value.map((bytes, at) => ({ index: index * TILE_WIDTH + at, bytes }));
    yield placed.filter((one) => one.index >= from && one.index < end);
  }
}

/**
 * Yields the entries at indexes, which ascend, as they stand in the bundles of a log of that size.
 * Errors: `OfflineError`.
 */
export async function* entriesAt(
  { place, source }: OfflineRecord,
  { indexes, size }: { readonly indexes: readonly number[]; readonly size: number },
): AsyncGenerator<Placed> {
  let held = -1;
  let entries: readonly Uint8Array[] = [];
  for (const index of indexes) {
    const at = Math.floor(index / TILE_WIDTH);
    if (at !== held) {
      const bundle = await readBundle(source, { index: at, size });
      if (!bundle.ok) throw new OfflineError(place, bundle.error.message);
      held = at;
      entries = bundle.value;
    }
    const bytes = entries[index % TILE_WIDTH];
    if (bytes === undefined) throw new OfflineError(place, `holds no entry ${index}`);
    yield { index, bytes };
  }
}

async function* packEntries(
  { place, source }: OfflineRecord,
  { from, until }: { readonly from: number; readonly until: number },
): AsyncGenerator<readonly Placed[]> {
  const indexes = readPack(place).manifest.entries.filter((at) => at >= from && at < until);
  for (const index of indexes) yield [{ index, bytes: await needed(source, { place, index }) }];
}

async function needed(
  source: LogSource,
  { place, index }: { readonly place: string; readonly index: number },
): Promise<Uint8Array> {
  const path = entryPath(index, 'json');
  const bytes = await source.read(path);
  if (bytes === undefined) throw new OfflineError(`${place}/${path}`, 'no such file');
  return bytes;
}
