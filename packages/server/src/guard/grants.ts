import type { CompiledPact } from '@plumbline/core';

import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import { done, refuse } from './refusal.ts';
import type { InSession, SessionView } from './session-view.ts';
import {
  amongWaiting,
  durably,
  findSession,
  momentOf,
  recordEvent,
  type Recorded,
} from './turn.ts';

/** Returns what is known of an open session. */
export function viewSession(desk: Desk, of: InSession): Outcome<SessionView> {
  const found = findSession(desk, of);
  if (!found.ok) return found;
  const { live, session } = found.value;
  return done({
    principal: session.opening.principal,
    claim: (id) => {
      const claims = live.state.sessions.get(of.session)?.claims ?? [];
      return claims.find((claim) => claim.id === id && claim.expiresAtMs > live.state.now);
    },
    unknown: (actions) => (live.pact === null ? actions : unknownIn(live.pact, actions)),
  });
}

function unknownIn({ tools }: CompiledPact, actions: readonly string[]): readonly string[] {
  const categories = new Set([...tools.values()].map(({ category }) => `category:${category}`));
  return actions.filter((action) => !tools.has(action) && !categories.has(action));
}

/** Ends a claim that has an id, before it ends by itself. */
export async function revokeClaim(
  desk: Desk,
  of: InSession & { readonly id: string; readonly by: string },
): Promise<Outcome<Recorded>> {
  const found = findSession(desk, of);
  if (!found.ok) return found;
  const { live } = found.value;
  return amongWaiting(desk, live, () =>
    durably(desk, () => {
      const open = findSession(desk, of);
      if (!open.ok) return open;
      const { session } = open.value;
      if (live.state.sessions.get(session.id)?.claimIds.has(of.id) !== true) {
        return refuse('not-found', `the session has no claim \`${of.id}\``);
      }
      const at = momentOf(desk, live);
      const { id, by } = of;
      const event = { kind: 'claim_revoked', at, session: session.id, id, by } as const;
      return done(recordEvent(desk, live, { event, session }));
    }),
  );
}
