import { apply, decide, initialState, type CompiledPact, type State } from '@plumbline/core';

import type { Session, Turn } from './recording.ts';

/** 2024-01-01T00:00:00Z, when every measured history begins. */
const START_MS = 1_704_067_200_000;

/** Returns the state of an agent that has armed its pact and seen nothing else. */
export function armed(pact: CompiledPact): State {
  return apply(pact, initialState(pact.agent), { kind: 'armed', at: START_MS, pact: pact.digest });
}

/** Opens a recorded session. */
export function open(pact: CompiledPact, state: State, session: Session): State {
  const { id, principal, task, attributes } = session;
  const at = state.now;
  const attested = { principal, task, room: null, attributes, openedBy: 'orchestrator' };
  return apply(pact, state, { kind: 'session_opened', at, session: id, ...attested });
}

/** Closes a recorded session. */
export function close(pact: CompiledPact, state: State, session: Session): State {
  return apply(pact, state, { kind: 'session_closed', at: state.now, session: session.id });
}

/**
 * One whole turn: what the principal said before it, the decision, its fold, and the fold of the
 * recorded result where the action was let through. Returns the state after it.
 */
export function takeTurn(pact: CompiledPact, before: State, turn: Turn): State {
  const { messages, action, result, isError } = turn;
  const { id, session, tool, args } = action;
  const at = before.now + 1_000;
  let state = before;
  for (const text of messages) {
    state = apply(pact, state, { kind: 'message', at, session, from: 'principal', text });
  }
  const decision = decide(pact, state, { action, facts: [], now: at });
  state = apply(pact, state, { kind: 'decided', at, id, action, facts: [], decision });
  const { kind } = decision.verdict;
  if (kind !== 'allow' && kind !== 'modify') return state;
  const status = isError ? 'error' : 'ok';
  const outcome = { kind: 'outcome', at, decision: id, session, tool, args, status } as const;
  return apply(pact, state, { ...outcome, result, records: null });
}
