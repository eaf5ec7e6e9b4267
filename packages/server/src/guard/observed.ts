import { canonical, type JsonObject } from '@plumbline/core';

import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import type { Observed } from './noted-types.ts';
import { done, refuse } from './refusal.ts';
import { isShallow } from './shallow.ts';
import {
  amongWaiting,
  durably,
  findSession,
  type Found,
  momentOf,
  recordEvent,
  recordNote,
  type Recorded,
} from './turn.ts';

/** How often one finding is written down in a session. */
const MOST_FINDINGS = 16;

/**
 * Writes down what a supervisor saw, and behind it what it found in that. What names hosts,
 * programs and files is sealed. A session the pact halts for the finding is halted with it.
 */
export async function recordObserved(desk: Desk, seen: Observed): Promise<Outcome<Recorded>> {
  const found = findSession(desk, seen);
  if (!found.ok) return found;
  const { what, refused, events } = seen;
  if (!events.every((event) => isShallow(event))) {
    return refuse('too-large', '`events` is nested too deep: flatten it');
  }
  const { live, session } = found.value;
  // The canonical form is what later readings print again.
  const secret = JSON.parse(canonical({ events: [...events] })) as JsonObject;
  const open = { what, count: events.length, refused };
  const note = { kind: 'observed', open, session, secret } as const;
  return amongWaiting(desk, live, () =>
    durably(desk, () => {
      const recorded = recordNote(desk, live, note);
      return done(recordFinding(desk, found.value, seen) ?? recorded);
    }),
  );
}

function recordFinding(
  desk: Desk,
  { live, session }: Found,
  { finding }: Observed,
): ReturnType<typeof recordEvent> | null {
  if (finding === undefined) return null;
  const earlier = session.found.get(finding) ?? 0;
  if (earlier >= MOST_FINDINGS) return null;
  session.found.set(finding, earlier + 1);
  const at = momentOf(desk, live);
  const event = { kind: 'finding', at, session: session.id, name: finding } as const;
  return recordEvent(desk, live, { event, session });
}
