import type { CompiledPact, RuleBase } from '../pact/compiled.ts';
import { attestedOf, decide } from './decide.ts';
import type { Proposal } from './decide.ts';
import { laterOf } from './clock.ts';
import { enter } from './enter.ts';
import type { Context } from './context.ts';
import { flipsOf } from './flips.ts';
import { matchRule } from './match.ts';
import { liveReader } from './reader.ts';
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
  return context.pact.layers.flatMap((layer) => {
    const rules = layer.rulesFor(context.action.tool);
    const allows = rules.allow.map(({ rule }) => rule);
    return [
      ...rules.exclude.map((rule) => tryRule(context, 'excluded', rule)),
      ...rules.stepUp.map((rule) => tryRule(context, 'step_up', rule)),
      ...rules.defer.map((rule) => tryRule(context, 'defer', rule)),
      ...rules.modify.map((rule) => tryRule(context, 'modify', rule)),
      ...allows.map((rule) => tryRule(context, 'allow', rule)),
    ];
  });
}

const RESULTS = {
  yes: 'matched',
  no: 'did not match',
  failed: 'failed',
  pending: 'waits',
} as const;

function tryRule(context: Context, stage: Stage, rule: RuleBase): Tried {
  const match = matchRule(context, rule, stage !== 'allow');
  const detail = match.kind === 'failed' ? match.why : conditionText(rule);
  return { stage, rule: rule.id, result: RESULTS[match.kind], detail };
}

function conditionText({ when, unless }: RuleBase): string {
  const parts = [
    ...(when === null ? [] : [`when ${when.text}`]),
    ...(unless === null ? [] : [`unless ${unless.text}`]),
  ];
  return parts.length === 0 ? 'always' : parts.join(' ');
}
