import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import { done } from './refusal.ts';
import { durably, findSession, momentOf, recordEvent, type Recorded } from './turn.ts';

/** Writes down, as the finding `bypass`, that something ran which was not let through. */
export async function noteRanAnyway(
  desk: Desk,
  of: { readonly agent: string; readonly session: string },
): Promise<Outcome<Recorded>> {
  return durably(desk, () => {
    const found = findSession(desk, of);
    if (!found.ok) return found;
    const { live, session } = found.value;
    const at = momentOf(desk, live);
    const event = { kind: 'finding', at, session: session.id, name: 'bypass' } as const;
    return done(recordEvent(desk, live, { event, session }));
  });
}
