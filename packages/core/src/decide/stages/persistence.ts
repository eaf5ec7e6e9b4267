import { askLayer } from '../ask.ts';
import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Returns what repeated refusals in one category lead to: warn, pause, then halt the session. */
export function persistence(context: Context, view: LayerView): readonly Finding[] {
  const refusals = context.reader.look(`refusals/${context.category}`, () => {
    return context.session?.refusals.get(context.category) ?? 0;
  });
  if (refusals === 0) return NOTHING;
  const { warn, pause, halt } = view.layer.persistence;
  const rule = `persistence:${context.category}`;
  const say = `${refusals} refusals in \`${context.category}\`: stop trying and ask a person`;
  if (refusals >= halt) {
    return [{ stage: 'persistence', rule, kind: 'deny', say, halts: 'session' }];
  }
  if (refusals >= pause) return [askLayer({ stage: 'persistence', rule, say }, view)];
  if (refusals >= warn) context.obligations.push({ kind: 'warn', rule, say });
  return NOTHING;
}
