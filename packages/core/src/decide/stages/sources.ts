import type { SourceRule, Task } from '../../pact/compiled.ts';
import { valuesAt } from '../../provenance/identifiers.ts';
import { askOne } from '../ask.ts';
import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import { comesFrom } from '../lookups.ts';
import type { Finding } from '../verdict.ts';
import { taskOf } from './task.ts';

/** Returns a finding for every argument whose values come from nowhere the task lists. */
export function sources(context: Context, view: LayerView): readonly Finding[] {
  const current = taskOf(context, view);
  if (current === null || current.sources.length === 0) return NOTHING;
  return current.sources.flatMap((rule) => {
    if (rule.tool !== context.action.tool || isSourced(context, rule)) return [];
    return [unsourced(current, rule)];
  });
}

function isSourced(context: Context, rule: SourceRule): boolean {
  const values = valuesAt(context.action.args, rule.path);
  return values.every((value, index) => {
    const place = `${rule.path}#${index}/${rule.sources.join(' ')}`;
    return comesFrom(context, place, { value, sources: rule.sources });
  });
}

function unsourced(current: Task, { tool, path, sources: from, otherwise }: SourceRule): Finding {
  const rule = `source:${tool}.${path}`;
  const say = `\`${path}\` must come from ${from.join(', ')}`;
  if (otherwise === 'deny') return { stage: 'sources', rule, kind: 'deny', say, violation: true };
  return askOne({ stage: 'sources', rule, say }, current);
}
