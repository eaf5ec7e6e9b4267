import type { Context, LayerView } from '../context.ts';
import { restrict } from '../match.ts';
import type { Finding } from '../verdict.ts';

/** Returns a finding for every matching rule that asks for a person, and for a person's no. */
export function stepUp(context: Context, view: LayerView): readonly Finding[] {
  return view.rules.stepUp.flatMap((rule) => {
    const { id, approvers, quorum, withinMs, say } = rule;
    const requirement = { rule: id, approvers, quorum, withinMs };
    const finding = restrict(context, { stage: 'step_up', rule }, () => {
      return { kind: 'step_up', say, requirement };
    });
    return finding === null ? [] : [finding];
  });
}
