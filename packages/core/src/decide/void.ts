import type { SessionState, State } from './state.ts';

/** Halts a session without a person: its unspent approvals are void. */
export function haltSession(state: State, session: SessionState, reason: string): void {
  session.haltedBy ??= reason;
  voidApprovals(state, (id) => id === session.id);
}

/** Forgets the approvals of the sessions that are stopped; what a person denied stays denied. */
export function voidApprovals(state: State, isStopped: (session: string) => boolean): void {
  for (const [id, { session, outcome }] of state.approvals) {
    if (outcome === 'approved' && isStopped(session)) state.approvals.delete(id);
  }
}
