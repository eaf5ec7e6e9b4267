import type { Context, LayerView } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Returns what the layer's allow rules found, and a deny when none of them matches. */
export function allow(_context: Context, view: LayerView): readonly Finding[] {
  const { findings, isMatched } = view.allowance;
  const isAnswered = isMatched || findings.some((finding) => finding.observed !== true);
  if (isAnswered || view.rules.allow.length === 0) return findings;
  const say = 'no permission of the pact covers this action';
  return [...findings, { stage: 'allow', rule: 'no-allow', kind: 'deny', say, violation: true }];
}
