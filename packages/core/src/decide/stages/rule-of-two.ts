import { askLayer } from '../ask.ts';
import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import { hasLabel } from '../lookups.ts';
import type { Finding } from '../verdict.ts';

/**
 * Returns a finding when untrusted input, sensitive access and external effect would come together
 * in one session. Source: Meta, "Agents Rule of Two", 2025.
 */
export function ruleOfTwo(context: Context, view: LayerView): readonly Finding[] {
  const setting = view.layer.ruleOfTwo;
  if (setting === 'off') return NOTHING;
  const own = ownProperties(context);
  if (!own.some(Boolean)) return NOTHING;
  const held = [
    hasLabel(context, 'untrusted'),
    hasSensitive(context),
    hasLabel(context, 'external'),
  ];
  if (!own.every((isOwn, index) => isOwn || held[index])) return NOTHING;
  return [finding(view, setting)];
}

function ownProperties(context: Context): readonly boolean[] {
  const trust = context.tool?.trust;
  const isUntrusted = trust?.byDefault === 'untrusted' || (trust?.untrusted.length ?? 0) > 0;
  const isSensitive = (context.tool?.sensitive.length ?? 0) > 0;
  return [isUntrusted, isSensitive, context.effect !== 'read' || context.isOpenWorld];
}

function hasSensitive(context: Context): boolean {
  return context.reader.look('sensitive', () => {
    const labels = [...(context.session?.labels ?? [])];
    return labels.some((label) => label !== 'untrusted' && label !== 'external');
  });
}

function finding(view: LayerView, setting: 'step_up' | 'deny'): Finding {
  const rule = 'rule_of_two';
  const say = 'untrusted input, sensitive access and an outside effect meet in one session';
  if (setting === 'deny') return { stage: 'rule_of_two', rule, kind: 'deny', say };
  return askLayer({ stage: 'rule_of_two', rule, say }, view);
}
