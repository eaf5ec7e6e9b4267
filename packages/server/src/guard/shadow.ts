import { apply, decide, type RecordedEvent, restore, snapshot } from '@plumbline/core';
import type { CompiledPact, Decision, JsonObject, State } from '@plumbline/core';

import type { Shadow } from './live-agent.ts';

type Decided = Extract<RecordedEvent, { readonly kind: 'decided' }>;

/** Returns a shadow that starts from what the agent's own state is now. */
export function shadowOf(pact: CompiledPact, state: State): Shadow {
  const copy = restore(snapshot(state));
  return { pact, state: apply(pact, copy, { kind: 'armed', at: state.now, pact: pact.digest }) };
}

/**
 * Folds an event into the shadow's state, whose decisions are its own. Returns the open part of a
 * `shadowed` entry where it decides otherwise than the armed pact did, else null.
 */
export function applyToShadow(shadow: Shadow, event: RecordedEvent): JsonObject | null {
  if (event.kind === 'armed') return null;
  if (event.kind !== 'decided') {
    shadow.state = apply(shadow.pact, shadow.state, event);
    return null;
  }
  const { action, facts, at } = event;
  const own = decide(shadow.pact, shadow.state, { action, facts, now: at });
  shadow.state = apply(shadow.pact, shadow.state, { ...event, decision: own });
  reconcile(shadow, event, own);
  return own.verdict.kind === event.decision.verdict.kind ? null : differenceOf(shadow, event, own);
}

function differenceOf({ pact }: Shadow, { id }: Decided, own: Decision): JsonObject {
  const findings = own.because.map(({ stage, rule, kind, observed }) => {
    return { stage, rule, kind, ...(observed === true ? { observed } : {}) };
  });
  return { decision: id, pact: pact.digest, verdict: own.verdict.kind, findings };
}

// The world goes by the armed pact: what it refused never left, and what it let through happened,
// so that its result is known to the shadow too, at nobody's charge.
function reconcile(shadow: Shadow, event: Decided, own: Decision): void {
  const { id, at, action, decision } = event;
  const { session, tool, args } = action;
  const isLet = letsThrough(decision);
  if (letsThrough(own) === isLet) return;
  if (!isLet) {
    const ends = { decision: id, session, tool, args, result: null, records: null } as const;
    shadow.state = apply(shadow.pact, shadow.state, {
      kind: 'outcome',
      at,
      status: 'not_sent',
      ...ends,
    });
    return;
  }
  const { grants: _, ...rest } = decision;
  const free = { ...rest, charges: [], reserves: [], spends: [], marks: [] };
  shadow.state = apply(shadow.pact, shadow.state, { ...event, decision: free });
}

function letsThrough({ verdict }: Decision): boolean {
  return verdict.kind === 'allow' || verdict.kind === 'modify';
}
