import { askLayer } from '../ask.ts';
import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Returns a finding when the permission to be charged was neither tested nor used for long. */
export function dormant(context: Context, view: LayerView): readonly Finding[] {
  const afterMs = view.layer.dormantAfterMs;
  const { charged } = view.allowance;
  if (afterMs === null || charged === null || charged.isCovered) return NOTHING;
  const since = context.reader.look(`last-used/${charged.id}`, () => {
    const { lastUsed, armedAt } = context.state;
    return lastUsed.get(charged.id) ?? armedAt.get(context.pact.digest) ?? 0;
  });
  if (context.now - since <= afterMs) return NOTHING;
  const rule = `dormant:${charged.id}`;
  const say = `\`${charged.id}\` was not used for long and no case covers it`;
  return [askLayer({ stage: 'dormant', rule, say }, view)];
}
