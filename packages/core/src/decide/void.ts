import type { Approval } from '../approval/approval.ts';
import { voidGrants } from './claims.ts';
import { BOUNDS } from './state.ts';
import type { SessionState, State } from './state.ts';

/** Halts a session without a person: its unspent approvals and grants are void. */
export function haltSession(state: State, session: SessionState, reason: string): void {
  session.haltedBy ??= reason;
  voidApprovals(state, (id) => id === session.id);
  voidGrants(session);
}

/**
 * Ends the unspent approvals, and the unspent claims of single use, of the sessions that are
 * stopped; what a person denied stays denied.
 */
export function voidFor(state: State, isStopped: (session: string) => boolean): void {
  voidApprovals(state, isStopped);
  for (const session of state.sessions.values()) {
    if (session.claims.length > 0 && isStopped(session.id)) voidGrants(session);
  }
}

function voidApprovals(state: State, isStopped: (session: string) => boolean): void {
  for (const [id, { session, outcome }] of state.approvals) {
    if (outcome === 'approved' && isStopped(session)) endApproval(state, id);
  }
}

/** Ends an approval for good: recorded again, it counts no more. */
export function endApproval(state: State, id: string): void {
  const approval = state.approvals.get(id);
  if (approval === undefined) return;
  state.approvals.delete(id);
  state.goneApprovals.set(id, approval.expiresAtMs);
}

/** Takes an approval that was not known before; a full table takes none. */
export function takeApproval(state: State, approval: Approval): void {
  const { approvals, goneApprovals: gone } = state;
  if (approvals.size + gone.size >= BOUNDS.approvals) dropExpired(state);
  if (approvals.has(approval.id) || gone.has(approval.id)) return;
  if (approvals.size + gone.size < BOUNDS.approvals) approvals.set(approval.id, approval);
}

function dropExpired({ approvals, goneApprovals: gone, now }: State): void {
  for (const [id, { expiresAtMs }] of approvals) if (expiresAtMs <= now) approvals.delete(id);
  for (const [id, expiresAtMs] of gone) if (expiresAtMs <= now) gone.delete(id);
}
