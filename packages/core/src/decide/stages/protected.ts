import { NOTHING } from '../context.ts';
import type { Context } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Returns a deny when an agent would change itself, or reach what judges it. */
export function protectedTools(context: Context): readonly Finding[] {
  const touches = context.tool?.touches ?? [];
  if (touches.length === 0) return NOTHING;
  const found: Finding[] = [];
  if (touches.includes('self') && context.effect !== 'read') {
    found.push(refuse('protected:self', 'an agent may not change its own prompt, tools or pact'));
  }
  if (touches.includes('evaluator')) {
    const say = 'an agent may not reach its metrics, judges or logs';
    context.obligations.push({ kind: 'alert', rule: 'protected:evaluator', say });
    found.push(refuse('protected:evaluator', say));
  }
  return found;
}

function refuse(rule: string, say: string): Finding {
  return { stage: 'protected', rule, kind: 'deny', say, violation: true };
}
