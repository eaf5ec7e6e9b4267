import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import type { SelfReport } from './noted-types.ts';
import { done } from './refusal.ts';
import { amongWaiting, durably, findSession, recordNote, type Recorded } from './turn.ts';

/** Writes down what an agent says of its own session. No rule reads it; audits are drawn by it. */
export async function recordSelfReport(
  desk: Desk,
  { agent, session: id, resolved, note }: SelfReport,
): Promise<Outcome<Recorded>> {
  const found = findSession(desk, { agent, session: id });
  if (!found.ok) return found;
  const { live, session } = found.value;
  const said = { kind: 'reported', open: { resolved }, session, secret: { note } } as const;
  return amongWaiting(desk, live, () => durably(desk, () => done(recordNote(desk, live, said))));
}
