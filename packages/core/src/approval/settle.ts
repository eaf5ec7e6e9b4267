import type { Requirement } from '../decide/verdict.ts';
import type { Approval } from './approval.ts';
import type { Ask, Vote } from './ask.ts';
import { isOf } from './judge-vote.ts';

/** How long things last, in milliseconds. */
export type ApprovalTerms = { readonly approvalMs: number; readonly denialMs: number };

/** What nobody approved in time is denied with. */
export const NOT_IN_TIME = 'nobody approved in time';

/**
 * Returns the approvals that follow from an ask at a moment, none while it waits on: one denial
 * when anybody denied or its time ran out, or one approval for each set of people once every
 * requirement has its quorum. They are the same whenever they are worked out again.
 *
 * Source: spec/approvals.md, section "What follows from votes".
 */
export function settle(ask: Ask, now: number, terms: ApprovalTerms): readonly Approval[] {
  if (ask.state !== 'pending') return [];
  const denied = ask.votes.find(({ outcome }) => outcome === 'deny');
  if (denied !== undefined) {
    const { at, person, reason } = denied;
    return [denial(ask, { by: [person], reason, expiresAtMs: at + terms.denialMs })];
  }
  const quorums = quorumsOf(ask);
  if (quorums !== null) return approvalsOf(ask, quorums, terms);
  if (now < ask.expiresAtMs) return [];
  const expiresAtMs = ask.expiresAtMs + terms.denialMs;
  return [denial(ask, { by: [], reason: NOT_IN_TIME, expiresAtMs })];
}

type Ending = Pick<Approval, 'by' | 'reason' | 'expiresAtMs'>;

function denial(ask: Ask, ending: Ending): Approval {
  const rules = [...new Set(ask.requirements.map(({ rule }) => rule))];
  return approvalOf(ask, 1, { rules, outcome: 'denied', ...ending });
}

function approvalOf(
  { id, session, action, pact }: Ask,
  n: number,
  rest: Omit<Approval, 'id' | 'session' | 'action' | 'pact'>,
): Approval {
  return { id: `${id}.${n}`, session, action, pact, ...rest };
}

type Quorum = { readonly rule: string; readonly votes: readonly Vote[] };

/** Returns who discharges each requirement, or null while one lacks people. */
function quorumsOf({ requirements, votes }: Ask): readonly Quorum[] | null {
  if (requirements.length === 0) return null;
  const quorums = requirements.map((requirement) => {
    return { rule: requirement.rule, votes: votesFor(requirement, votes) };
  });
  const isWhole = quorums.every(({ votes: own }, at) => {
    return own.length >= Math.max(1, requirements[at]?.quorum ?? 1);
  });
  return isWhole ? quorums : null;
}

// One seat and one person count once, although a vote that would count twice is refused before.
function votesFor(requirement: Requirement, votes: readonly Vote[]): readonly Vote[] {
  const taken = new Set<string>();
  const people = new Set<string>();
  return votes.filter(({ outcome, person, seats }) => {
    const seat = seats.find((one) => isOf(one, requirement))?.person.toLowerCase();
    const who = person.toLowerCase();
    if (outcome !== 'approve' || seat === undefined || taken.has(seat) || people.has(who)) {
      return false;
    }
    taken.add(seat);
    people.add(who);
    return true;
  });
}

function approvalsOf(
  ask: Ask,
  quorums: readonly Quorum[],
  { approvalMs }: ApprovalTerms,
): readonly Approval[] {
  const sets = new Map<string, { readonly rules: string[]; readonly votes: readonly Vote[] }>();
  for (const { rule, votes } of quorums) {
    const key = JSON.stringify(votes.map(({ person }) => person));
    const known = sets.get(key) ?? { rules: [], votes };
    if (!known.rules.includes(rule)) known.rules.push(rule);
    sets.set(key, known);
  }
  const lastAt = Math.max(...ask.votes.map(({ at }) => at));
  return [...sets.values()].map(({ rules, votes }, at) => {
    return approvalOf(ask, at + 1, {
      rules,
      outcome: 'approved',
      by: votes.map(({ person }) => person),
      reason: votes.map(({ reason }) => reason).join('; '),
      expiresAtMs: lastAt + approvalMs,
    });
  });
}
