import type { Event } from '../decide/event.ts';
import { gateKey, isGateOf } from '../decide/state.ts';
import { categoryOf, toolOf } from '../decide/tools.ts';
import type { CompiledPact } from '../pact/compiled.ts';

type Of<K extends Event['kind']> = Extract<Event, { readonly kind: K }>;

/** Why a gate is closed: since when (ms UTC), and the last decisions that were violations. */
export type GateNote = {
  readonly session: string | null;
  readonly category: string;
  readonly since: number;
  readonly violations: number;
  /** Ids of decisions, oldest first, at most 16. */
  readonly because: readonly string[];
};

const MOST_BECAUSE = 16;

/** Takes down a violation for the gates it may have closed: the session's and the agent's. */
export function noteViolation(
  notes: Map<string, GateNote>,
  pact: CompiledPact,
  { id, at, action, decision }: Of<'decided'>,
): void {
  if (!pact.gates.isOn || decision.verdict.kind !== 'deny') return;
  const isViolation = decision.because.some(({ violation, observed }) => {
    return violation === true && observed !== true;
  });
  if (!isViolation) return;
  const category = categoryOf(toolOf(pact, action.tool));
  for (const session of [action.session, null]) {
    const key = gateKey(session, category);
    const known = notes.get(key) ?? { session, category, since: at, violations: 0, because: [] };
    const because = [...known.because, id].slice(-MOST_BECAUSE);
    notes.set(key, { ...known, violations: known.violations + 1, because });
  }
}

/** Forgets why a gate was closed once a person opened it; of the agent's, its sessions' too. */
export function noteGate(notes: Map<string, GateNote>, event: Of<'gate'>): void {
  if (event.outcome === 'kept') return;
  notes.delete(gateKey(event.session, event.category));
  if (event.session !== null) return;
  for (const key of notes.keys()) {
    if (isGateOf(key, { category: event.category })) notes.delete(key);
  }
}

/** Forgets the gates of a session that ended. */
export function dropGates(notes: Map<string, GateNote>, session: string): void {
  for (const key of notes.keys()) {
    if (isGateOf(key, { session })) notes.delete(key);
  }
}
