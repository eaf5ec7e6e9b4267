import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Returns whether no layer declares the tool, or no allow or exclude rule of this one names it. */
export function isUnlisted({ tool }: Context, { rules }: LayerView): boolean {
  return tool === null || (rules.allow.length === 0 && rules.exclude.length === 0);
}

/** Returns a deny when the layer does not list the tool; it halts the session unless softened. */
export function unlisted(context: Context, view: LayerView): readonly Finding[] {
  if (!isUnlisted(context, view)) return NOTHING;
  const say = `\`${context.action.tool}\` is not among the tools this agent may use`;
  context.obligations.push({ kind: 'alert', rule: 'unlisted', say });
  const finding: Finding = {
    stage: 'unlisted',
    rule: 'unlisted',
    kind: 'deny',
    say,
    violation: true,
  };
  return [view.layer.unlisted === 'hard_block' ? { ...finding, halts: 'session' } : finding];
}
