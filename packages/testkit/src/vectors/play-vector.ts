import {
  apply,
  canonical,
  decide,
  type Event,
  initialState,
  type Json,
  loadPact,
} from '@plumbline/core';

import { referenceDecide, type ReferenceDecision } from '../reference/decide.ts';
import { shownDecision, type Vector, type VectorStep } from './vector.ts';

/** Who decides a vector. */
export type Decider = 'kernel' | 'reference';

/** Returns where a decider does not decide as the vector says, or null. */
export function playVector(vector: Vector, decider: Decider): string | null {
  const loaded = loadPact('pact.yaml', (file) => vector.pact[file]);
  if (!loaded.ok) return `the pact does not load: ${loaded.error[0]?.message ?? ''}`;
  const { pact } = loaded.value;
  let state = initialState(pact.agent);
  const events: Event[] = [];
  const append = (event: Event): void => {
    events.push(event);
    if (decider === 'kernel') state = apply(pact, state, event);
  };
  for (const step of vector.steps) {
    if ('event' in step) {
      append(inPact(step.event, pact.digest));
      continue;
    }
    const { id, at, action, facts } = step.propose;
    const decision =
      decider === 'kernel'
        ? decide(pact, state, { action, facts, now: at })
        : { ...referenceDecide({ pact, events, action, facts, now: at }), readSet: {} };
    const difference = differenceOf(step, decision);
    if (difference !== null) return `${id}: ${difference}`;
    append({ kind: 'decided', at: decision.at, id, action, facts, decision });
  }
  return null;
}

function differenceOf(
  { expect }: Exclude<VectorStep, { readonly event: Event }>,
  decision: ReferenceDecision,
): string | null {
  const shown = shownDecision(decision, expect['verdict'] ?? null);
  if (canonical(shown) === canonical(expect)) return null;
  return `expected ${canonical(expect)}, got ${canonical(shown)}`;
}

/** The digest of the pact is written `$pact`. */
function inPact(event: Event, digest: string): Event {
  const filled: Json = JSON.parse(JSON.stringify(event).replaceAll('"$pact"', `"${digest}"`));
  // Only a text inside an event became another text.
  return filled as Event;
}
