import type { Approval, Event, Finding } from '@plumbline/core';

import { isLetThrough, type Latch, latches, openSession } from './history.ts';
import type { Turn } from './turn.ts';

type Approved = Extract<Event, { readonly kind: 'approval' }>;

/** Returns the approvals that count for this action, oldest first. */
export function countingApprovals(turn: Turn): readonly Approval[] {
  const spent = new Set(turn.history.filter(isLetThrough).flatMap((e) => e.decision.spends));
  const all = latches(turn.pact, turn.history);
  return turn.history.flatMap((event, index) => {
    if (event.kind !== 'approval' || !isFor(turn, event.approval)) return [];
    if (!isFirst(turn, event)) return [];
    const { approval } = event;
    const isVoid = all.some(
      (latch) => latch.isOn && latch.index > index && isStopping(turn, latch),
    );
    const counts = approval.outcome === 'approved' && !spent.has(approval.id) && !isVoid;
    return counts ? [approval] : [];
  });
}

/** Returns whether a person has denied this action and the denial still stands. */
export function isDenied(turn: Turn): boolean {
  return turn.history.some(
    (event) =>
      event.kind === 'approval' &&
      event.approval.outcome === 'denied' &&
      isFirst(turn, event) &&
      isFor(turn, event.approval),
  );
}

/** Returns whether an approval with this id was not recorded before. */
function isFirst({ history }: Turn, event: Approved): boolean {
  const { id } = event.approval;
  return history.find((e) => e.kind === 'approval' && e.approval.id === id) === event;
}

/** Returns whether an approval discharges a step-up finding: its rule, by enough people. */
export function discharges(approval: Approval, { rule, requirement }: Finding): boolean {
  const people = new Set(approval.by).size;
  return approval.rules.includes(rule) && people >= Math.max(1, requirement?.quorum ?? 1);
}

function isFor({ action, pact, now }: Turn, approval: Approval): boolean {
  return (
    approval.session === action.session &&
    approval.action === action.digest &&
    approval.pact === pact.digest &&
    now < approval.expiresAtMs
  );
}

/** Returns whether a halt stops the session of the action, as it was then. */
export function isStopping({ action, history }: Turn, { index, scope, target }: Latch): boolean {
  const session = openSession(history.slice(0, index), action.session)?.opened;
  switch (scope) {
    case 'session':
      return target === action.session;
    case 'room':
      return session !== undefined && target === session.room;
    default:
      // On the safe side, a halt of a tool or a task stops every session.
      return true;
  }
}
