import type { CompiledPact, ModifyRule } from '../pact/compiled.ts';
import type { Action } from './action.ts';
import { allowanceOf } from './allow.ts';
import { dischargesOf } from './approvals.ts';
import type { Attested, Context, LayerView, StageOf } from './context.ts';
import { enter } from './enter.ts';
import type { Inputs } from './enter.ts';
import type { Fact } from './fact.ts';
import { join, winning } from './join.ts';
import { liveReader } from './reader.ts';
import { matchRule } from './match.ts';
import { rewriteArgs } from './rewrite.ts';
import { STAGE_TABLE } from './stage-table.ts';
import { markOf } from './stages/duplicates.ts';
import type { State } from './state.ts';
import type { Decision, Finding, ReadSet, Rewrite, Verdict } from './verdict.ts';

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
  const now = Math.max(proposal.now, state.now);
  const attested = attestedOf(state, action);
  return decideInputs({ pact, state, reader, action, attested, facts, now }, readSet);
}

/** Returns what was attested about the session of an action, or null without an open session. */
export function attestedOf(state: State, action: Action): Attested | null {
  const session = state.sessions.get(action.session);
  if (session === undefined) return null;
  const { principal, task, room, attributes } = session;
  return { principal, task, room, attributes };
}

/** Returns the decision over a reader, live or recorded. */
export function decideInputs(inputs: Inputs, readSet: () => ReadSet): Decision {
  const first = pass(inputs);
  const decision = first.verdict.kind === 'modify' ? again(inputs, first) : first;
  return { ...decision, readSet: readSet() };
}

type Passed = Omit<Decision, 'readSet'> & { readonly context: Context };

function pass(inputs: Inputs): Passed {
  const context = enter(inputs);
  const views = context.pact.layers.map((layer) => viewOf(context, layer));
  const found = findings(context, views);
  const discharged = dischargesOf(context, found);
  const left = found.filter((finding) => !discharged.rules.has(finding.rule) || !asks(finding));
  const verdict = join(context, left);
  const isLet = verdict.kind === 'allow' || verdict.kind === 'modify';
  return {
    at: context.now,
    context,
    verdict,
    because: winning(left, verdict.kind),
    charges: isLet ? views.flatMap(chargeOf) : [],
    reserves: isLet ? views.flatMap(({ allowance }) => allowance.reserves) : [],
    spends: isLet ? discharged.approvals : [],
    marks: isLet ? views.flatMap((view) => marksOf(context, view)) : [],
    obligations: [...context.obligations, ...haltsOf(left)],
  };
}

function viewOf(context: Context, layer: LayerView['layer']): LayerView {
  const rules = layer.rulesFor(context.action.tool);
  return { layer, rules, allowance: allowanceOf(context, rules) };
}

function findings(context: Context, views: readonly LayerView[]): readonly Finding[] {
  const found: Finding[] = [];
  for (const { isPerLayer, run } of STAGE_TABLE) {
    for (const view of isPerLayer ? views : views.slice(0, 1)) {
      collect(found, context, { run, view });
    }
  }
  return found;
}

function collect(
  found: Finding[],
  context: Context,
  { run, view }: { readonly run: StageOf; readonly view: LayerView },
): void {
  for (const finding of run(context, view)) found.push(finding);
}

function asks(finding: Finding): boolean {
  return finding.kind === 'step_up' && finding.observed !== true;
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

function haltsOf(found: readonly Finding[]): Decision['obligations'] {
  return found.flatMap(({ rule, say, halts, observed }) => {
    return halts === 'session' && observed !== true ? [{ kind: 'halt_session', rule, say }] : [];
  });
}

// The rewritten action keeps the digest of what was proposed: approvals are for the proposal.
function again(inputs: Inputs, first: Passed): Omit<Decision, 'readSet'> {
  const { args, rewrites } = rewriteAll(first.context);
  const action = { ...inputs.action, args };
  const look: Inputs['reader']['look'] = (key, compute) => {
    return inputs.reader.look(`rewritten/${key}`, compute);
  };
  const second = pass({ ...inputs, action, reader: { look } });
  const rewriting = first.because.filter(({ kind }) => kind === 'modify');
  const because = [...rewriting, ...second.because];
  const verdict = afterRewrite(second.verdict, { args, rewrites });
  if (verdict.kind !== 'deny' || second.verdict.kind === 'deny') {
    return { ...without(second), verdict, because };
  }
  return {
    ...without(second),
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

function without({ context: _context, ...rest }: Passed): Omit<Decision, 'readSet'> {
  return rest;
}
