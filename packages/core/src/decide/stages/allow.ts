import type { Context, LayerView } from '../context.ts';
import type { Finding } from '../verdict.ts';
import { isUnlisted } from './unlisted.ts';

/** Returns what the layer's allow rules found, and a deny when none of them matches. */
export function allow(context: Context, view: LayerView): readonly Finding[] {
  const { findings, isMatched } = view.allowance;
  const isAnswered = isMatched || findings.some((finding) => finding.observed !== true);
  if (isAnswered || isUnlisted(context, view)) return findings;
  const say = 'no permission of the pact covers this action';
  return [...findings, { stage: 'allow', rule: 'no-allow', kind: 'deny', say, violation: true }];
}
