import type { DeferRule } from '../../pact/compiled.ts';
import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import { restrict, waitFor } from '../match.ts';
import type { Finding } from '../verdict.ts';

/** Returns a finding for every rule that waits for facts that are not there yet. */
export function defer(context: Context, view: LayerView): readonly Finding[] {
  if (view.rules.defer.length === 0) return NOTHING;
  return view.rules.defer.flatMap((rule) => {
    const missing = missingFacts(context, rule);
    if (missing.length === 0) return [];
    const finding = restrict(context, { stage: 'defer', rule }, () => {
      const hit = waitFor(context, missing, rule.withinMs);
      return hit.kind === 'defer' ? { ...hit, say: rule.say } : hit;
    });
    return finding === null ? [] : [finding];
  });
}

function missingFacts(context: Context, rule: DeferRule): readonly string[] {
  return rule.until.filter((name) => !context.facts.has(name));
}
