import { askLayer } from '../ask.ts';
import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import type { Finding } from '../verdict.ts';
import { tierOf } from './authority.ts';

/** Returns what the layer's autonomy level makes of the action, whatever the rules say. */
export function autonomy(context: Context, view: LayerView): readonly Finding[] {
  const isRead = context.effect === 'read';
  switch (view.layer.autonomy) {
    case 1:
      return isRead && !context.isOpenWorld ? NOTHING : [refuse(1, 'only reads are allowed')];
    case 2:
      return isRead || isNamed(view) ? NOTHING : [unnamed(2)];
    case 3:
      return [...(isRead || isNamed(view) ? [] : [unnamed(3)]), ...review(context, view)];
  }
}

function isNamed(view: LayerView): boolean {
  return view.rules.allow.some(({ rule, exact }) => exact && rule.mode === 'enforce');
}

function unnamed(level: 2 | 3): Finding {
  return refuse(level, 'an effect needs a rule that names the tool without a wildcard');
}

function refuse(level: 1 | 2 | 3, say: string): Finding {
  return { stage: 'autonomy', rule: `autonomy:${level}`, kind: 'deny', say };
}

function review(context: Context, view: LayerView): readonly Finding[] {
  const isFinal = context.effect !== 'read' && !context.isReversible;
  if (!isFinal && tierOf(context, view.layer) !== 'elevated') return NOTHING;
  const say = 'a person reviews what cannot be undone';
  return [askLayer({ stage: 'autonomy', rule: 'autonomy:3', say }, view)];
}
