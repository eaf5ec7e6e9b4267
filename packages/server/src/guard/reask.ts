import { isJsonObject, type Json, type JsonObject, parseEntry } from '@plumbline/core';

import { openPayload } from '../seal/seal.ts';
import { actionOf, askAgain } from './decide-action.ts';
import type { Desk } from './desk.ts';
import type { LiveAgent, LiveSession } from './live-agent.ts';

/**
 * Looks at everything people were asked under an earlier pact again, under the armed one. Votes do
 * not carry over. What was looked at before, or asked again since, is left alone.
 */
export async function askAllAgain(desk: Desk, live: LiveAgent): Promise<void> {
  const asks = [...live.asks.asks.values()].filter(({ state }) => state === 'superseded');
  await Promise.all(
    asks.map(async ({ session: id, request, decision }) => {
      const session = live.sessions.get(id);
      const answer = session?.requests.get(request)?.answer;
      if (session === undefined || answer?.decision !== decision) return;
      const proposed = await proposedAt(desk, session, answer.index);
      if (proposed === null || live.sessions.get(id) !== session) return;
      const action = actionOf({ session: id, request, ...proposed });
      await askAgain(desk, { live, session }, { action, decision });
    }),
  );
}

type Proposed = { readonly tool: string; readonly args: JsonObject };

async function proposedAt(
  { parts: { sequencer } }: Desk,
  { subject }: LiveSession,
  index: number,
): Promise<Proposed | null> {
  const [bytes] = await sequencer.read(index, 1);
  const entry = bytes === undefined ? undefined : parseEntry(bytes);
  const sealed = entry?.ok === true ? entry.value.sealed : null;
  if (sealed === null) return null;
  const blob = 'blob' in sealed ? await sequencer.blob(sealed.blob.digest) : undefined;
  const shown = blob === undefined ? {} : { blob };
  const opened = openPayload({ sealed, subjectKey: subject.key, ...shown });
  if (!opened.ok) return null;
  // The commitment held, so that it is what a recorder sealed.
  const secret = JSON.parse(Buffer.from(opened.value).toString('utf8')) as Json;
  const action = isJsonObject(secret) ? secret['action'] : undefined;
  if (!isJsonObject(action)) return null;
  const { tool, args } = action;
  return typeof tool === 'string' && isJsonObject(args) ? { tool, args } : null;
}
