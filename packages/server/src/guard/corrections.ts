import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import type { Correction } from './people.ts';
import { done, refuse } from './refusal.ts';
import { durably, findAgent, recordNote, type Recorded } from './turn.ts';

/**
 * Takes down a person's word about a decision. The note and what the action was are sealed for whom
 * the session was about, and go with them.
 */
export async function correct(desk: Desk, of: Correction): Promise<Outcome<Recorded>> {
  const found = findAgent(desk, of.agent);
  if (!found.ok) return found;
  const subject = of.subject === null ? undefined : await desk.parts.subjects.byId(of.subject);
  if (subject === undefined || desk.forgotten.has(subject.id)) {
    return refuse('not-found', 'whose decision it was is erased: nothing of it can be corrected');
  }
  const { decision, label, by, note, action } = of;
  return durably(desk, () => {
    const open = { decision, label, by };
    const secret = { note, action };
    return done(recordNote(desk, found.value, { kind: 'correction', open, subject, secret }));
  });
}
