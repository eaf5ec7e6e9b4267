import type { Context, LayerView } from '../context.ts';
import { restrictions } from '../match.ts';
import type { Finding } from '../verdict.ts';

/** Returns a deny, with its text for the agent, for every exclusion that matches. */
export function excluded(context: Context, view: LayerView): readonly Finding[] {
  return restrictions(context, { stage: 'excluded', rules: view.rules.exclude }, ({ say }) => {
    return { kind: 'deny', say, violation: true };
  });
}
