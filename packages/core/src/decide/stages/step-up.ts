import type { Context, LayerView } from '../context.ts';
import { restrictions } from '../match.ts';
import type { Finding } from '../verdict.ts';

/** Returns a finding for every matching rule that asks for a person, and for a person's no. */
export function stepUp(context: Context, view: LayerView): readonly Finding[] {
  return restrictions(context, { stage: 'step_up', rules: view.rules.stepUp }, (rule) => {
    const { id, approvers, quorum, withinMs, say } = rule;
    return { kind: 'step_up', say, requirement: { rule: id, approvers, quorum, withinMs } };
  });
}
