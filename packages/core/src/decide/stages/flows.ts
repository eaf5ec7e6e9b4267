import type { FlowRule } from '../../pact/compiled.ts';
import { identifiersIn } from '../../provenance/identifiers.ts';
import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import { comesFrom, hasLabel } from '../lookups.ts';
import { matchConditions, unevaluated } from '../match.ts';
import type { Finding } from '../verdict.ts';

const VOUCHED = ['principal', 'session', 'trusted'];

/** Returns the findings of the layer's rules on where content may go. */
export function flows(context: Context, view: LayerView): readonly Finding[] {
  if (view.layer.flows.length === 0) return NOTHING;
  return view.layer.flows.flatMap((flow) => {
    if (!concerns(context, flow) || !starts(context, flow)) return [];
    const match = matchConditions(context, null, flow.unless);
    if (match.kind === 'no') return [];
    const found = match.kind === 'yes' ? hit(flow) : unevaluated(context, match);
    const finding: Finding = { stage: 'flows', rule: flow.id, ...found };
    return [flow.mode === 'observe' ? { ...finding, observed: true } : finding];
  });
}

function concerns(context: Context, flow: FlowRule): boolean {
  return flow.to.some((to) => (to === 'open_world' ? context.isOpenWorld : to === context.effect));
}

function starts(context: Context, flow: FlowRule): boolean {
  switch (flow.from.kind) {
    case 'untrusted':
      return isUnvouched(context);
    case 'tainted':
      return hasLabel(context, 'untrusted');
    case 'label':
      return isLabelled(context, flow.from.label);
  }
}

function isUnvouched(context: Context): boolean {
  return identifiersIn(context.action.args).some(({ path, value }, index) => {
    return !comesFrom(context, `${path}@${index}`, { value, sources: VOUCHED });
  });
}

function isLabelled(context: Context, label: string): boolean {
  return (context.tool?.sensitive.includes(label) ?? false) || hasLabel(context, label);
}

function hit(flow: FlowRule): Omit<Finding, 'stage' | 'rule'> {
  if (flow.then === 'deny') return { kind: 'deny', say: flow.say, violation: true };
  const { id: rule, approvers, quorum, withinMs } = flow;
  return { kind: 'step_up', say: flow.say, requirement: { rule, approvers, quorum, withinMs } };
}
