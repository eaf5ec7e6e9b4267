import type { Json } from '@plumbline/core';
import { Opener, type OfflineRecord } from '@plumbline/server';

import type { Shell } from '../shell.ts';
import { type Named, withRecord } from './open-record.ts';
import { find, type Read } from './scan.ts';

/** What became of the sealed payload of an entry. */
export type Shown =
  | { readonly kind: 'none' | 'sealed' }
  | { readonly kind: 'opened'; readonly value: Json }
  | { readonly kind: 'broken'; readonly why: string };

/** Shows one entry as it stands, and what is sealed in it where that can be opened. */
export function showEntry(named: string, given: Named & { readonly shell: Shell }): Promise<void> {
  return withRecord(given, async (record) => {
    const read = await find(record, named);
    const shown = await openedOf(record, read);
    if (given.options.json === true) {
      given.shell.screen.json({ index: read.index, entry: read.entry, payload: shown });
    } else print(read, shown, given.shell);
  });
}

/** Opens the payload of one entry. */
export async function openedOf(record: OfflineRecord, { index, entry }: Read): Promise<Shown> {
  if (entry.sealed === null) return { kind: 'none' };
  const opener = new Opener(record);
  await opener.prepareEntry(entry, index);
  const opened = opener.open(entry);
  if (opened.kind === 'closed') return { kind: 'sealed' };
  if (opened.kind === 'broken') return opened;
  // The commitment of the text held: it is the JSON a recorder sealed.
  return { kind: 'opened', value: JSON.parse(opened.text) as Json };
}

function print({ index, entry }: Read, shown: Shown, { screen }: Shell): void {
  const { sealed, ...rest } = entry;
  const lines = [`entry ${index}`, JSON.stringify(rest, null, 2)];
  if (shown.kind === 'sealed') {
    const who = sealed?.subject ?? '';
    lines.push(`sealed for ${who}: give --root-key or --openings to open it, if it is not erased`);
  }
  if (shown.kind === 'broken') lines.push(`sealed, and does not open: ${shown.why}`);
  if (shown.kind === 'opened') lines.push('opened', JSON.stringify(shown.value, null, 2));
  screen.print(lines.join('\n'));
}
