import {
  apply,
  canonical,
  type CompiledPact,
  type Decision,
  decisionJson,
  explain,
  explainRecorded,
  initialState,
  recompute,
  STAGES,
  type Stage,
  type State,
  type Tried,
  type VerdictKind,
} from '@plumbline/core';

import { attestedIn, type DecidedEvent, decisionIn, type ReadRow } from './session-record.ts';

/**
 * Whether a decision, made again here from what it read, is the one that was recorded; `missing`:
 * its pact is not here, so it was not made again.
 */
export type Standing = 'recomputed' | 'mismatch' | 'erased' | 'sealed' | 'missing';

/** One rule on the way to a decision: what it found, or what it made of the action. */
export type Step = {
  readonly stage: Stage;
  readonly rule: string;
  /** What it says of the action; null where it says nothing. */
  readonly finding: VerdictKind | null;
  readonly isObserved: boolean;
  readonly result: Tried['result'] | null;
  readonly detail: string;
};

/** A decision explained here. `steps` are in the order in which rules are tried. */
export type Explained = {
  readonly standing: Standing;
  readonly why: string;
  readonly summary: string;
  readonly steps: readonly Step[];
  /** Smallest changes that would have led to a milder verdict. */
  readonly flips: readonly string[];
};

/** What a decision comes to when it is made again from what it read. */
export type Remade = {
  readonly standing: Standing;
  readonly why: string;
  readonly decision: Decision | null;
};

/** Makes a decision again, under its own pact or another, from what it read and nothing else. */
export function remake(pact: CompiledPact, read: readonly ReadRow[], event: DecidedEvent): Remade {
  const { action, facts, decision } = event;
  const attested = attestedIn(pact, read, event);
  const given = { action, facts, now: decision.at, attested, readSet: decision.readSet };
  try {
    const made = recompute(pact, given);
    if (!made.ok) {
      const why = `reads \`${made.error}\`, which was not read then`;
      return { standing: 'mismatch', why, decision: null };
    }
    const isSame = canonical(decisionJson(made.value)) === canonical(decisionJson(decision));
    return isSame
      ? { standing: 'recomputed', why: '', decision: made.value }
      : { standing: 'mismatch', why: 'the kernel decides otherwise', decision: made.value };
  } catch {
    // A read set made up by hand can hold what no stage writes, on which stages may throw.
    return { standing: 'mismatch', why: 'what was read is of no known form', decision: null };
  }
}

/** Explains the decision of a row from what it read; null where no row of that index is one. */
export function explainDecision(
  pact: CompiledPact,
  read: readonly ReadRow[],
  index: number,
): Explained | null {
  const at = read.findIndex(({ row }) => row.index === index);
  const found = read[at];
  if (found === undefined || found.row.kind !== 'decided') return null;
  const event = decisionIn(found);
  if (event === null) return unopened(found);
  const { action, facts, decision } = event;
  const { standing, why } = remake(pact, read, event);
  const attested = attestedIn(pact, read, event);
  const given = { action, facts, now: decision.at, attested, readSet: decision.readSet };
  const { summary, tried } = explainRecorded(pact, given, decision);
  const flips = flipsFor(pact, read.slice(0, at), event);
  return { standing, why, summary, steps: stepsOf(decision, tried), flips };
}

function unopened({ row }: ReadRow): Explained {
  const standing = row.sealed === 'sealed' ? 'sealed' : 'erased';
  return { standing, why: '', summary: '', steps: [], flips: [] };
}

/** Findings and tried rules in the order of the stages, each rule once. */
export function stepsOf(decision: Decision, tried: readonly Tried[]): readonly Step[] {
  const isFound = new Set(decision.because.map(({ stage, rule }) => `${stage} ${rule}`));
  const found = decision.because.map(({ stage, rule, kind, say, observed }): Step => {
    const one = tried.find((each) => each.stage === stage && each.rule === rule);
    const result = one?.result ?? null;
    const detail = say === '' ? (one?.detail ?? '') : say;
    return { stage, rule, finding: kind, isObserved: observed === true, result, detail };
  });
  const others = tried
    .filter(({ stage, rule }) => !isFound.has(`${stage} ${rule}`))
    .map((one): Step => ({ ...one, finding: null, isObserved: false }));
  return [...found, ...others].toSorted(
    (one, other) => STAGES.indexOf(one.stage) - STAGES.indexOf(other.stage),
  );
}

/**
 * What would have led to a milder verdict, where the state that this session alone leads to gives
 * the decision that was made: only then is an answer about another action an answer about this one.
 */
function flipsFor(
  pact: CompiledPact,
  before: readonly ReadRow[],
  { action, facts, decision }: DecidedEvent,
): readonly string[] {
  const state = before
    .flatMap(({ events }) => events)
    .reduce<State>((folded, event) => apply(pact, folded, event), initialState(pact.agent));
  const explained = explain(pact, state, { action, facts, now: decision.at });
  const isSame = explained.decision.verdict.kind === decision.verdict.kind;
  const rulesOf = ({ because }: Decision): string => because.map(({ rule }) => rule).join(' ');
  return isSame && rulesOf(explained.decision) === rulesOf(decision) ? explained.flips : [];
}
