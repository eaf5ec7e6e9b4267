import { canonical, type JsonObject } from '@plumbline/core';

import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import type { Observed } from './noted-types.ts';
import { done, refuse } from './refusal.ts';
import { isShallow } from './shallow.ts';
import { amongWaiting, durably, findSession, recordNote, type Recorded } from './turn.ts';

/** Writes down what a supervisor saw. What names hosts, programs and files is sealed. */
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
  return amongWaiting(desk, live, () => durably(desk, () => done(recordNote(desk, live, note))));
}
