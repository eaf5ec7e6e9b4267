import { apply } from '../../decide/apply.ts';
import { decide } from '../../decide/decide.ts';
import type { Event } from '../../decide/event.ts';
import type { Fact } from '../../decide/fact.ts';
import { initialState } from '../../decide/state.ts';
import type { Decision } from '../../decide/verdict.ts';
import { digestJson } from '../../digest.ts';
import type { JsonObject } from '../../json.ts';
import type { CompiledPact } from '../compiled.ts';

/**
 * One action as the first of a session of its own. `task` null: the session has none. `isClaimed`:
 * its principal holds every claim a tier of the pact asks for.
 */
export type Trial = {
  readonly tool: string;
  readonly args: JsonObject;
  readonly session: JsonObject;
  readonly task: string | null;
  readonly principal: string;
  readonly principalText: string | null;
  readonly facts: { readonly [name: string]: JsonObject };
  readonly isClaimed?: boolean;
};

/** The moment of every trial: 2026-01-01T12:00Z. Nothing is old or dormant then. */
const trialAtMs = 1_767_268_800_000;

/**
 * Returns what a pact decides about an action nothing came before: a new state, one open session,
 * what its principal said, and fresh facts.
 */
export function tryAction(pact: CompiledPact, trial: Trial): Decision {
  const { tool, args } = trial;
  let state = initialState(pact.agent);
  for (const event of eventsOf(pact, trial)) state = apply(pact, state, event);
  const digest = digestJson({ tool, args });
  const action = { id: 'trial', session: 'trial', tool, args, digest };
  return decide(pact, state, { action, facts: factsOf(trial), now: trialAtMs });
}

function eventsOf(pact: CompiledPact, trial: Trial): readonly Event[] {
  const { principal, principalText: text, task, session: attributes } = trial;
  const at = trialAtMs;
  const session = 'trial';
  const attested = { principal, task, room: null, attributes, openedBy: 'trial' };
  return [
    { kind: 'armed', at, pact: pact.digest },
    { kind: 'session_opened', at, session, ...attested },
    ...(text === null ? [] : [{ kind: 'message', at, session, from: 'principal', text } as const]),
    ...(trial.isClaimed === true ? claimsOf(pact) : []),
  ];
}

function claimsOf(pact: CompiledPact): readonly Event[] {
  const tiers = pact.layers.flatMap(({ tiers: { standard, elevated } }) => [standard, elevated]);
  return tiers.flatMap((tier): readonly Event[] => {
    if (tier === null) return [];
    const { claim: name, contains } = tier;
    const times = { verifiedAtMs: trialAtMs, expiresAtMs: trialAtMs + 60_000 };
    const proved = { session: 'trial', name, values: [contains], mechanism: 'oidc' } as const;
    return [{ kind: 'claim', at: trialAtMs, claim: { ...proved, ...times } }];
  });
}

function factsOf({ facts }: Trial): readonly Fact[] {
  return Object.entries(facts).map(([name, value]) => ({
    name,
    value,
    source: 'trial',
    observedAtMs: trialAtMs,
    maxAgeMs: 60_000,
  }));
}
