import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Returns a deny when no allow rule of the layer names the tool; it halts unless softened. */
export function unlisted(context: Context, view: LayerView): readonly Finding[] {
  if (view.rules.allow.length > 0) return NOTHING;
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
