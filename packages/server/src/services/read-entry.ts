import { type Entry, isJsonObject, type Json, type JsonObject, parseEntry } from '@plumbline/core';
import { isHandover } from '@plumbline/ledger';

import type { Sequencer } from '../ledger/sequencer.ts';
import { openPayload } from '../seal/seal.ts';
import type { Vault } from '../store/vault.ts';

/** What entries are read and opened with. */
export type Reading = {
  readonly sequencer: Pick<Sequencer, 'read' | 'blob'>;
  readonly vault: Pick<Vault, 'subjectKey'>;
};

/** Returns the entry at an index, or undefined when it is not durable or no JSON entry. */
export async function readEntry(
  sequencer: Pick<Sequencer, 'read'>,
  index: number,
): Promise<Entry | undefined> {
  const [bytes] = await sequencer.read(index, 1);
  if (bytes === undefined || isHandover(bytes)) return undefined;
  const parsed = parseEntry(bytes);
  if (!parsed.ok) throw new Error(`entry ${index} of the log ${parsed.error}: verify the log`);
  return parsed.value;
}

/** What was sealed in an entry: opened, or why not; `none` when nothing was sealed. */
export type Unsealed =
  | { readonly state: 'none' | 'erased' | 'missing' }
  | { readonly state: 'opened'; readonly secret: JsonObject };

/** Returns the plaintext of an entry. Without its subject's key it is `erased`. */
export async function openEntry({ sequencer, vault }: Reading, entry: Entry): Promise<Unsealed> {
  const { sealed } = entry;
  if (sealed === null) return { state: 'none' };
  const subjectKey = await vault.subjectKey(sealed.subject);
  if (subjectKey === undefined) return { state: 'erased' };
  const blob = 'blob' in sealed ? await sequencer.blob(sealed.blob.digest) : undefined;
  const opened = openPayload({ sealed, subjectKey, ...(blob === undefined ? {} : { blob }) });
  if (!opened.ok) return { state: 'missing' };
  // The plaintext was printed as JSON by the recorder and is held to that by its commitment.
  const value = JSON.parse(Buffer.from(opened.value).toString('utf8')) as Json;
  return isJsonObject(value) ? { state: 'opened', secret: value } : { state: 'missing' };
}
