import type { CompiledPact, ModifyRule } from '../pact/compiled.ts';
import type { Action } from './action.ts';
import { allowanceOf } from './allow.ts';
import { dischargesOf } from './approvals.ts';
import type { Discharges } from './approvals.ts';
import { laterOf } from './clock.ts';
import type { Attested, Context, LayerView } from './context.ts';
import { enter } from './enter.ts';
import type { Inputs } from './enter.ts';
import type { Fact } from './fact.ts';
import { join, winning } from './join.ts';
import { liveReader } from './reader.ts';
import { matchRule } from './match.ts';
import { rewriteArgs } from './rewrite.ts';
import { STAGE_TABLE } from './stage-table.ts';
import { grantsOf } from './stages/authority.ts';
import { markOf } from './stages/duplicates.ts';
import type { State } from './state.ts';
import type { Decision, Finding, Obligation, ReadSet, Rewrite, Verdict } from './verdict.ts';

/** What is to be decided: the action, the facts gathered for it, and the moment. */
export type Proposal = {
  readonly action: Action;
  readonly facts: readonly Fact[];
  readonly now: number;
};

/**
 * Decides one action: the join of what every stage of every layer finds.
 *
 * `now` is milliseconds UTC; the later of it and the last event counts. Total, pure and
 * deterministic: never throws, waits, reads a clock or rolls dice.
 * Source: spec/decide.md.
 */
export function decide(pact: CompiledPact, state: State, proposal: Proposal): Decision {
  const { reader, readSet } = liveReader();
  const { action, facts } = proposal;
  const now = laterOf(state.now, proposal.now);
  const attested = attestedOf(state, action);
  return decideInputs({ pact, state, reader, action, attested, facts, now }, readSet);
}

/** Returns what was attested about the session of an action, or null without an open session. */
export function attestedOf(state: State, action: Action): Attested | null {
  const session = state.sessions.get(action.session);
  if (session === undefined) return null;
  const { principal, task, room, attributes, delegation } = session;
  return { principal, task, room, attributes, delegation };
}

/** Returns the decision over a reader, live or recorded. */
export function decideInputs(inputs: Inputs, readSet: () => ReadSet): Decision {
  const first = pass(inputs);
  const isRewritten = first.decision.verdict.kind === 'modify';
  const decision = isRewritten ? again(inputs, first) : first.decision;
  return { ...decision, readSet: readSet() };
}

type Unrecorded = Omit<Decision, 'readSet'>;

type Passed = { readonly context: Context; readonly decision: Unrecorded };

function pass(inputs: Inputs): Passed {
  const context = enter(inputs);
  const views = context.pact.layers.map((layer) => viewOf(context, layer));
  const found = findings(context, views);
  const discharged = dischargesOf(context, found);
  const left = undischarged(found, discharged);
  const verdict = join(context, left);
  const isLet = verdict.kind === 'allow' || verdict.kind === 'modify';
  const letting = isLet ? views : [];
  const decision: Unrecorded = {
    at: context.now,
    verdict,
    because: winning(left, verdict.kind),
    charges: gather(letting, chargeOf),
    reserves: gather(letting, ({ allowance }) => allowance.reserves),
    spends: isLet ? discharged.approvals : [],
    marks: gather(letting, (view) => marksOf(context, view)),
    obligations: withHalts(context.obligations, left),
  };
  return { context, decision: isLet ? withGrants(decision, context.grants) : decision };
}

// Absent without any, as in decisions that were made before there were such claims.
function withGrants(decision: Unrecorded, held: Context['grants']): Unrecorded {
  return held.length === 0 ? decision : { ...decision, grants: grantsOf(held) };
}

function viewOf(context: Context, layer: LayerView['layer']): LayerView {
  const rules = layer.rulesFor(context.action.tool);
  return { layer, rules, allowance: allowanceOf(context, rules) };
}

function findings(context: Context, views: readonly LayerView[]): readonly Finding[] {
  const found: Finding[] = [];
  const firstOnly = views.slice(0, 1);
  for (const { isPerLayer, run } of STAGE_TABLE) {
    for (const view of isPerLayer ? views : firstOnly) {
      const own = run(context, view);
      for (const finding of own) found.push(finding);
    }
  }
  return found;
}

function undischarged(
  found: readonly Finding[],
  { findings: gone }: Discharges,
): readonly Finding[] {
  return gone.size === 0 ? found : found.filter((finding) => !gone.has(finding));
}

function chargeOf({ allowance }: LayerView): readonly string[] {
  return allowance.charged === null ? [] : [allowance.charged.id];
}

function marksOf(context: Context, view: LayerView): Decision['marks'] {
  return view.rules.duplicates.map((rule) => ({
    key: markOf(context, rule),
    untilMs: context.now + rule.withinMs,
  }));
}

function withHalts(
  obligations: readonly Obligation[],
  found: readonly Finding[],
): readonly Obligation[] {
  const halting = found.filter(({ halts, observed }) => halts === 'session' && observed !== true);
  if (halting.length === 0) return obligations;
  const halts = halting.map(({ rule, say }) => ({ kind: 'halt_session', rule, say }) as const);
  return [...obligations, ...halts];
}

// What every layer adds. Most pacts have one layer, whose list is then taken as it is.
function gather<T>(
  views: readonly LayerView[],
  of: (view: LayerView) => readonly T[],
): readonly T[] {
  const [first] = views;
  return views.length === 1 && first !== undefined ? of(first) : views.flatMap(of);
}

// The rewritten action keeps the digest of what was proposed: approvals are for the proposal.
function again(inputs: Inputs, { context, decision: first }: Passed): Unrecorded {
  const { args, rewrites } = rewriteAll(context);
  const action = { ...inputs.action, args };
  const look: Inputs['reader']['look'] = (key, compute) => {
    return inputs.reader.look(`rewritten/${key}`, compute);
  };
  const { context: after, decision: second } = pass({ ...inputs, action, reader: { look } });
  const rewriting = first.because.filter(({ observed }) => observed !== true);
  const because = [...rewriting, ...second.because];
  const verdict = afterRewrite(second.verdict, { args, rewrites });
  if (verdict.kind === 'modify') {
    const spends = [...new Set([...first.spends, ...second.spends])];
    const held = [...context.grants, ...after.grants];
    return withGrants({ ...second, verdict, because, spends }, held);
  }
  if (verdict.kind !== 'deny' || second.verdict.kind === 'deny') {
    return { ...second, verdict, because, spends: [] };
  }
  const { grants: _, ...rest } = second;
  return {
    ...rest,
    verdict,
    because: [...rewriting, { stage: 'modify', rule: 'modify', ...verdict }],
    charges: [],
    reserves: [],
    spends: [],
    marks: [],
  };
}

function afterRewrite(
  verdict: Verdict,
  rewritten: { readonly args: Action['args']; readonly rewrites: readonly Rewrite[] },
): Verdict {
  if (verdict.kind === 'allow') return { kind: 'modify', ...rewritten };
  if (verdict.kind !== 'modify') return verdict;
  return { kind: 'deny', say: 'the rewritten action would be rewritten again' };
}

function rewriteAll(context: Context): {
  readonly args: Action['args'];
  readonly rewrites: readonly Rewrite[];
} {
  const rewrites: Rewrite[] = [];
  let args = context.action.args;
  for (const rule of matchingRewrites(context)) {
    const after = rewriteArgs(context, rule, args);
    rewrites.push(...after.rewrites);
    args = after.args;
  }
  return { args, rewrites };
}

function matchingRewrites(context: Context): readonly ModifyRule[] {
  const rules = context.pact.layers.flatMap(({ rulesFor }) => rulesFor(context.action.tool).modify);
  return rules.filter((rule) => {
    return rule.mode === 'enforce' && matchRule(context, rule, true).kind === 'yes';
  });
}
