import { digestJson } from '../../digest.ts';
import type { DuplicateRule } from '../../pact/compiled.ts';
import { askOne } from '../ask.ts';
import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import { valueAt } from '../paths.ts';
import { BOUNDS } from '../state.ts';
import type { Finding } from '../verdict.ts';

/**
 * Returns the key under which a duplicate rule remembers an action through any of its tools. It is
 * a digest, because marks outlive the session and what its person had erased.
 */
export function markOf(context: Context, rule: DuplicateRule): string {
  const values = rule.key.map((path) => valueAt(context.action.args, path) ?? null);
  return `${rule.id}|${digestJson(values)}`;
}

/** Returns a finding for every duplicate rule whose key was let through a short while ago. */
export function duplicates(context: Context, view: LayerView): readonly Finding[] {
  if (view.rules.duplicates.length === 0) return NOTHING;
  return view.rules.duplicates.flatMap((rule) => {
    return isRepeated(context, rule) ? [hit(rule)] : [];
  });
}

function isRepeated(context: Context, rule: DuplicateRule): boolean {
  return context.reader.look(`duplicate/${rule.id}`, () => {
    const { marks } = context.state;
    const untilMs = marks.get(markOf(context, rule));
    return marks.size >= BOUNDS.marks || (untilMs !== undefined && context.now < untilMs);
  });
}

function hit(rule: DuplicateRule): Finding {
  const say = 'the same action was let through a short while ago';
  if (rule.then === 'deny') return { stage: 'duplicates', rule: rule.id, kind: 'deny', say };
  const { id, approvers, approvalWithinMs: withinMs } = rule;
  return askOne({ stage: 'duplicates', rule: id, say }, { approvers, withinMs });
}
