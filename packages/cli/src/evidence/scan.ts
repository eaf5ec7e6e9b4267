import { type Entry, parseEntry } from '@plumbline/core';
import { entriesOf, type OfflineRecord } from '@plumbline/server';

import { Stop } from '../stop.ts';

/** One entry of a record, read. */
export type Read = { readonly index: number; readonly bytes: Uint8Array; readonly entry: Entry };

/** Yields the entries of a record in order; hand-overs of the log's key are passed over. */
export async function* scan(
  record: OfflineRecord,
  { from = 0, until = Infinity }: { readonly from?: number; readonly until?: number } = {},
): AsyncGenerator<Read> {
  for await (const bundle of entriesOf(record, { from, until })) {
    for (const { index, bytes } of bundle) {
      const read = parseEntry(bytes);
      if (read.ok) yield { index, bytes, entry: read.value };
    }
  }
}

/**
 * Returns the entry of an index, or the one of a decision's id.
 *
 * Errors: `Stop` when the record does not hold it.
 */
export async function find(record: OfflineRecord, named: string): Promise<Read> {
  const isIndex = /^\d{1,15}$/.test(named);
  const from = isIndex ? Number(named) : 0;
  const until = isIndex ? from + 1 : Infinity;
  for await (const bundle of entriesOf(record, { from, until })) {
    for (const { index, bytes } of bundle) {
      if (!isIndex && !Buffer.from(bytes).includes(named)) continue;
      const read = parseEntry(bytes);
      if (!read.ok) continue;
      const { kind, open } = read.value;
      if (isIndex || (kind === 'decided' && open['decision'] === named)) {
        return { index, bytes, entry: read.value };
      }
    }
  }
  const what = isIndex ? `entry ${named}` : `decision \`${named}\``;
  throw new Stop(`there is no ${what}; \`plumb log tail\` lists what there is`, record.place);
}
