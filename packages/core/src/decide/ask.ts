import type { LayerView } from './context.ts';
import type { Finding } from './verdict.ts';

/** Why a person is asked: the stage, its rule and the text for the agent. */
export type Why = Pick<Finding, 'stage' | 'rule' | 'say'>;

/** Who may answer, and for how long the question stands. */
export type Who = { readonly approvers: readonly string[]; readonly withinMs: number };

/** Returns the finding of a stage that wants one of some people to approve the action. */
export function askOne({ stage, rule, say }: Why, { approvers, withinMs }: Who): Finding {
  const requirement = { rule, approvers, quorum: 1, withinMs };
  return { stage, rule, kind: 'step_up', say, requirement };
}

/** Returns the same where no rule names approvers: the layer's own approve. */
export function askLayer(why: Why, { layer }: LayerView): Finding {
  return askOne(why, { approvers: layer.approvers, withinMs: layer.approvalWithinMs });
}
