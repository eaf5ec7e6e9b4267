import { isJsonObject, type JsonObject } from '@plumbline/core';

import type { Models } from '../../store/models.ts';
import { openEntry, readEntry, type Reading } from '../read-entry.ts';

/** What sessions are looked up with. */
export type AttestedNeeds = Reading & {
  readonly models: Pick<Models, 'events'>;
  readonly caughtUp: () => Promise<void>;
};

/**
 * Returns the attributes that were attested of a session when it was opened, or null where nobody
 * knows them any more.
 */
export async function attestedOf(
  needs: AttestedNeeds,
  of: { readonly agent: string; readonly session: string },
): Promise<JsonObject | null> {
  await needs.caughtUp();
  const { rows } = await needs.models.events({ ...of, kind: 'session_opened', limit: 1 });
  const [row] = rows;
  const entry = row === undefined ? undefined : await readEntry(needs.sequencer, row.index);
  const opened = entry === undefined ? null : await openEntry(needs, entry);
  if (opened?.state !== 'opened') return null;
  const { attributes = {} } = opened.secret;
  return isJsonObject(attributes) ? attributes : null;
}
