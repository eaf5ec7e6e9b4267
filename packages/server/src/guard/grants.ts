import type { CompiledPact } from '@plumbline/core';

import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import { done } from './refusal.ts';
import type { InSession, SessionView } from './session-view.ts';
import { findSession } from './turn.ts';

/** Returns what is known of an open session. */
export function viewSession(desk: Desk, of: InSession): Outcome<SessionView> {
  const found = findSession(desk, of);
  if (!found.ok) return found;
  const { live, session } = found.value;
  return done({
    principal: session.opening.principal,
    decided: session.byDecision.size,
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
