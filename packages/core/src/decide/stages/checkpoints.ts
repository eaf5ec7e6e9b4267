import type { Context, LayerView } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Returns a finding for every approval gate between this agent and the one it hands over to. */
export function checkpoints(_context: Context, view: LayerView): readonly Finding[] {
  return view.rules.checkpoints.map(({ id: rule, approvers, quorum, withinMs }) => ({
    stage: 'checkpoints',
    rule,
    kind: 'step_up',
    say: 'a person approves this hand-off',
    requirement: { rule, approvers, quorum, withinMs },
  }));
}
