import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Returns a deny for every limit or budget without room, when no matching allow rule has room. */
export function limits(_context: Context, view: LayerView): readonly Finding[] {
  const { blocked, charged } = view.allowance;
  if (charged !== null || blocked.length === 0) return NOTHING;
  return blocked.map(({ rule, say }) => ({ stage: 'limits', rule, kind: 'deny', say }));
}
