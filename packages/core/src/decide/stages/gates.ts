import { askOne } from '../ask.ts';
import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import { gateKey } from '../state.ts';
import type { GateState } from '../state.ts';
import type { Finding } from '../verdict.ts';

/** Returns a finding when the gate of the tool's category is closed: a person decides first. */
export function gates(context: Context, view: LayerView): readonly Finding[] {
  if (!context.pact.gates.isOn) return NOTHING;
  const gate = context.reader.look<GateState | null>(`gate/${context.category}`, () => {
    return closedGate(context);
  });
  if (gate === null) return NOTHING;
  const rule = `gate:${context.category}`;
  const say = `\`${context.category}\` is paused until a person decides where the boundary is`;
  if (gate === 'kept') return [{ stage: 'gates', rule, kind: 'deny', say }];
  const { approvers } = context.pact.gates;
  const withinMs = view.layer.approvalWithinMs;
  return [askOne({ stage: 'gates', rule, say }, { approvers, withinMs })];
}

function closedGate(context: Context): GateState | null {
  const { state, category, action } = context;
  if (state.gates.size === 0) return null;
  const own = state.gates.get(gateKey(action.session, category));
  const shared = state.gates.get(gateKey(null, category));
  return own === 'kept' || shared === 'kept' ? 'kept' : (own ?? shared ?? null);
}
