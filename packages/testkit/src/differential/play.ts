import {
  apply,
  type Action,
  attestedOf,
  type CompiledPact,
  decide,
  type Decision,
  type Event,
  type Fact,
  initialState,
  objectiveOf,
  recompute,
  type Stage,
} from '@plumbline/core';

import { OWN_OBJECTIVE } from '../generate/people.ts';
import type { Step } from '../generate/script.ts';
import { referenceDecide, type ReferenceDecision, stagesFiring } from '../reference/decide.ts';
import { compareDecisions, type KeyNames } from './compare.ts';

/** Where two ways to decide first disagreed. */
export type Disagreement = { readonly step: number; readonly what: string };

/** What one story showed: how many decisions were compared, and which stages fired together. */
export type Played = {
  readonly decisions: number;
  readonly fired: readonly (readonly Stage[])[];
  readonly verdicts: readonly string[];
  readonly disagreement: Disagreement | null;
};

type Proposal = { readonly action: Action; readonly facts: readonly Fact[]; readonly now: number };

/**
 * Plays a story twice, once through the kernel's fold and once through the reference's list of
 * events, and compares every decision on the way. Stops at the first disagreement.
 */
export function play(pact: CompiledPact, steps: readonly Step[], isCounting: boolean): Played {
  const kernel = new KernelSide(pact);
  const events: Event[] = [];
  const names: KeyNames = new Map();
  const fired: (readonly Stage[])[] = [];
  const verdicts: string[] = [];
  const append = (event: Event): void => {
    events.push(event);
    kernel.append(event);
  };
  for (const [step, happened] of steps.entries()) {
    if (happened.kind === 'event') append(inPact(pact, happened.event));
    if (happened.kind === 'answer') append(answered(pact, happened, events));
    if (happened.kind !== 'propose') continue;
    const { id, action, facts, at: now } = happened;
    const given = { pact, events, action, facts, now };
    const reference = referenceDecide(given);
    const decision = kernel.decide({ action, facts, now });
    const what =
      typeof decision === 'string' ? decision : compareDecisions(decision, reference, names);
    verdicts.push(reference.verdict.kind);
    if (isCounting) fired.push(stagesFiring(given));
    if (what !== null || typeof decision === 'string') {
      const disagreement = { step, what: what ?? '' };
      return { decisions: verdicts.length, fired, verdicts, disagreement };
    }
    const decided = { kind: 'decided', at: decision.at, id, action, facts } as const;
    events.push({ ...decided, decision: { ...reference, readSet: {} } });
    kernel.append({ ...decided, decision });
  }
  return { decisions: verdicts.length, fired, verdicts, disagreement: null };
}

class KernelSide {
  readonly #pact: CompiledPact;
  #state: ReturnType<typeof initialState>;

  constructor(pact: CompiledPact) {
    this.#pact = pact;
    this.#state = initialState(pact.agent);
  }

  append(event: Event): void {
    this.#state = apply(this.#pact, this.#state, event);
  }

  /** Returns the decision, or what its computing again from the read set disagrees about. */
  decide(proposal: Proposal): Decision | string {
    const decision = decide(this.#pact, this.#state, proposal);
    const attested = attestedOf(this.#state, proposal.action);
    const { readSet, at: now } = decision;
    const again = recompute(this.#pact, { ...proposal, now, attested, readSet });
    if (!again.ok) return `recompute: nothing read under ${again.error}`;
    const [first, second] = [decision, again.value].map((one) => JSON.stringify(one));
    return first === second ? decision : `recompute: ${second} instead of ${first}`;
  }
}

function inPact(pact: CompiledPact, event: Event): Event {
  if (event.kind === 'armed') return { ...event, pact: pact.digest };
  if (event.kind !== 'halt' || event.halt.objective !== OWN_OBJECTIVE) return event;
  return { ...event, halt: { ...event.halt, objective: objectiveOf(pact) } };
}

function answered(
  pact: CompiledPact,
  step: Step & { readonly kind: 'answer' },
  events: readonly Event[],
): Event {
  const asked = events.findLast(
    (event) => event.kind === 'decided' && event.action.digest === step.of.digest,
  );
  const { at, id, of, outcome, expiresAtMs } = step;
  const earlier = events.findLast((event) => event.kind === 'approval');
  if (earlier !== undefined && sometimes(of.digest, -1)) return { ...earlier, at };
  const rules = step.rules ?? (asked?.kind === 'decided' ? wantedBy(asked.decision) : []);
  const about = { session: of.session, action: of.digest, pact: pact.digest };
  const by = sometimes(of.digest, -2) ? ['ann@example.com', 'bo@example.com'] : ['ann@example.com'];
  const said = { by, reason: 'seen', outcome, expiresAtMs };
  return { kind: 'approval', at, approval: { id, ...about, rules, ...said } };
}

/** Holds for a quarter of all digests, by one of their digits. */
function sometimes(digest: string, digit: number): boolean {
  return '0123'.includes(digest.at(digit) ?? '');
}

function wantedBy({ verdict }: ReferenceDecision): readonly string[] {
  return verdict.kind === 'step_up' ? verdict.requirements.map(({ rule }) => rule) : [];
}
