import type { CompiledPact, Layer, RuleBase } from '../pact/compiled.ts';
import { attestedOf, decide } from './decide.ts';
import type { Proposal } from './decide.ts';
import { laterOf } from './clock.ts';
import { enter } from './enter.ts';
import type { Context } from './context.ts';
import { flipsOf } from './flips.ts';
import { type Match, matchRule } from './match.ts';
import { liveReader, MissingReadError, recordedReader } from './reader.ts';
import type { Recorded } from './recompute.ts';
import { initialState } from './state.ts';
import type { State } from './state.ts';
import type { Decision, Finding, Stage } from './verdict.ts';

/** One rule that was tried: where, and what it made of the action. */
export type Tried = {
  readonly stage: Stage;
  readonly rule: string;
  readonly result: 'matched' | 'did not match' | 'failed' | 'waits';
  /** The rule's condition, or why it failed. */
  readonly detail: string;
};

/** A decision in terms people use. */
export type Explanation = {
  readonly decision: Decision;
  /** One sentence: what was decided and why. */
  readonly summary: string;
  /** Every rule about this tool, in the order tried. */
  readonly tried: readonly Tried[];
  /** Smallest changes found that would lead to a milder verdict; empty for an allow. */
  readonly flips: readonly string[];
};

/**
 * Returns a decision explained: what decided, every rule tried, and the smallest change that would
 * flip it. Source: requirement evidence.explain.
 */
export function explain(pact: CompiledPact, state: State, proposal: Proposal): Explanation {
  const decision = decide(pact, state, proposal);
  const { reader } = liveReader();
  const { action, facts } = proposal;
  const attested = attestedOf(state, action);
  const now = laterOf(state.now, proposal.now);
  const context = enter({ pact, state, reader, action, attested, facts, now });
  return {
    decision,
    summary: summaryOf(context, decision),
    tried: triedRules(context),
    flips: flipsOf(pact, state, { proposal, decision }),
  };
}

/**
 * Returns a recorded decision explained from what it read, without the state it was made on: what
 * decided, and every rule about its tool in the order tried. A rule that looks at what was not read
 * then, as one of another pact may, has failed and says so.
 */
export function explainRecorded(
  pact: CompiledPact,
  recorded: Recorded,
  decision: Decision,
): Pick<Explanation, 'summary' | 'tried'> {
  const { action, facts, attested, readSet } = recorded;
  const state = initialState(pact.agent);
  const now = laterOf(state.now, recorded.now);
  const reader = recordedReader(readSet);
  const context = enter({ pact, state, reader, action, attested, facts, now });
  return { summary: summaryOf(context, decision), tried: triedRules(context) };
}

/** One rule about a tool, as its pact says it. */
export type RuleAbout = {
  readonly stage: Stage;
  readonly rule: string;
  readonly condition: string;
};

/** Returns every rule about a tool, in the order in which a decision tries them. */
export function rulesAbout(pact: CompiledPact, tool: string): readonly RuleAbout[] {
  return pact.layers
    .flatMap((layer) => rulesIn(layer, tool))
    .map(([stage, rule]) => ({ stage, rule: rule.id, condition: conditionText(rule) }));
}

const VERBS = {
  allow: 'is allowed',
  modify: 'is allowed after a rewrite',
  step_up: 'needs a person to approve it',
  defer: 'waits',
  deny: 'is refused',
} as const;

function summaryOf(context: Context, { verdict, because }: Decision): string {
  const deciding = because.filter(({ kind, observed }) => kind === verdict.kind && !observed);
  const reasons = deciding.map(reasonOf).join('; ');
  return `\`${context.action.tool}\` ${VERBS[verdict.kind]}${reasons === '' ? '' : `: ${reasons}`}`;
}

function reasonOf({ rule, say }: Finding): string {
  return say === '' ? `rule \`${rule}\`` : `${say} (rule \`${rule}\`)`;
}

function triedRules(context: Context): readonly Tried[] {
  return context.pact.layers
    .flatMap((layer) => rulesIn(layer, context.action.tool))
    .map(([stage, rule]) => tryRule(context, stage, rule));
}

function rulesIn(layer: Layer, tool: string): readonly (readonly [Stage, RuleBase])[] {
  const rules = layer.rulesFor(tool);
  return [
    ...rules.exclude.map((rule) => ['excluded', rule] as const),
    ...rules.stepUp.map((rule) => ['step_up', rule] as const),
    ...rules.defer.map((rule) => ['defer', rule] as const),
    ...rules.modify.map((rule) => ['modify', rule] as const),
    ...rules.allow.map(({ rule }) => ['allow', rule] as const),
  ];
}

const RESULTS = {
  yes: 'matched',
  no: 'did not match',
  failed: 'failed',
  pending: 'waits',
} as const;

function tryRule(context: Context, stage: Stage, rule: RuleBase): Tried {
  const match = matchRecorded(context, rule, stage);
  const detail = match.kind === 'failed' ? match.why : conditionText(rule);
  return { stage, rule: rule.id, result: RESULTS[match.kind], detail };
}

function matchRecorded(context: Context, rule: RuleBase, stage: Stage): Match {
  try {
    return matchRule(context, rule, stage !== 'allow');
  } catch (error) {
    if (!(error instanceof MissingReadError)) throw error;
    return { kind: 'failed', why: `it reads \`${error.key}\`, which was not read then` };
  }
}

function conditionText({ when, unless }: RuleBase): string {
  const parts = [
    ...(when === null ? [] : [`when ${when.text}`]),
    ...(unless === null ? [] : [`unless ${unless.text}`]),
  ];
  return parts.length === 0 ? 'always' : parts.join(' ');
}
