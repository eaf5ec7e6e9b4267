import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import { restrict } from '../match.ts';
import { rewriteArgs } from '../rewrite.ts';
import type { Finding } from '../verdict.ts';

/**
 * Returns a finding for every matching rule whose rewrites would change the arguments, and a deny
 * for one that meets a value it cannot rewrite.
 */
export function modify(context: Context, view: LayerView): readonly Finding[] {
  if (view.rules.modify.length === 0) return NOTHING;
  return view.rules.modify.flatMap((rule) => {
    const finding = restrict(context, { stage: 'modify', rule }, () => {
      return { kind: 'modify', say: 'the arguments are rewritten' };
    });
    if (finding === null) return [];
    if (finding.kind !== 'modify') return [finding];
    const { args, fault } = rewriteArgs(context, rule, context.action.args);
    if (fault !== null) return [{ ...finding, kind: 'deny', say: `cannot be rewritten: ${fault}` }];
    return args === context.action.args ? [] : [finding];
  });
}
