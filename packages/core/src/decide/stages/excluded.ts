import type { Context, LayerView } from '../context.ts';
import { restrict } from '../match.ts';
import type { Finding } from '../verdict.ts';

/** Returns a deny, with its text for the agent, for every exclusion that matches. */
export function excluded(context: Context, view: LayerView): readonly Finding[] {
  return view.rules.exclude.flatMap((rule) => {
    const finding = restrict(context, { stage: 'excluded', rule }, () => {
      return { kind: 'deny', say: rule.say, violation: true };
    });
    return finding === null ? [] : [finding];
  });
}
