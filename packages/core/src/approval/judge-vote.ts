import type { Requirement } from '../decide/verdict.ts';
import { err, ok, type Result } from '../result.ts';
import type { Ask, Seat } from './ask.ts';
import { ASK_BOUNDS } from './ask.ts';
import { type Approver, isEntitled } from './entitled.ts';

/** A human who votes. `names` are all they are called by: address, and the names of their keys. */
export type Voter = Approver & { readonly id: string; readonly names: readonly string[] };

/** What a vote is judged by, beside the ask. */
export type VoteContext = {
  /** Whom nobody may approve for: the session's principal, and who opened it. In any case. */
  readonly barred: readonly string[];
  /** Those whose seats the voter was given, and still has. */
  readonly givers: readonly Voter[];
};

/** Why a vote does not count. */
export type VoteRefusal = {
  readonly code: 'barred' | 'not-entitled' | 'voted' | 'full';
  readonly message: string;
};

/**
 * Returns the seats a voter takes for the requirements of an ask: their own where they are named,
 * else one that was given to them and is free. One seat and one person count once.
 *
 * Errors: `barred` for the principal and who opened the session, `voted` for whoever voted or
 * whose every seat is taken, `not-entitled` for whom no requirement names.
 * Source: spec/approvals.md, section "Votes".
 */
export function judgeVote(
  ask: Ask,
  voter: Voter,
  { barred, givers }: VoteContext,
): Result<readonly Seat[], VoteRefusal> {
  if (isBarred(voter, barred)) return refuse('barred', BARRED);
  if (ask.votes.length >= ASK_BOUNDS.votes) return refuse('full', 'it has too many votes');
  if (ask.votes.some(({ person }) => isSame(person, voter.id))) return refuse('voted', VOTED);
  const free = givers.filter((giver) => !isBarred(giver, barred));
  const entitled = ask.requirements.flatMap((requirement) => {
    return seatsFor(requirement, voter, free);
  });
  if (entitled.length === 0) return refuse('not-entitled', whomFor(ask));
  const seats = entitled.filter((seat) => !isTaken(ask, seat));
  return seats.length === 0 ? refuse('voted', TAKEN) : ok(firstOfEach(seats));
}

const BARRED = 'nobody approves what was asked for them or in a session they opened: ask another';
const VOTED = 'you voted on it: one person counts once';
const TAKEN = 'somebody voted in your seat: one seat counts once';

function refuse(code: VoteRefusal['code'], message: string): Result<never, VoteRefusal> {
  return err({ code, message });
}

function whomFor({ requirements }: Ask): string {
  const who = [...new Set(requirements.flatMap(({ approvers }) => approvers))].join(', ');
  return who === '' ? 'its rules name no approver' : `its rules name ${who}`;
}

/** Returns whether a human has one of these names, under any of their own. In any case. */
export function isBarred({ id, names }: Voter, barred: readonly string[]): boolean {
  return [id, ...names].some((name) => barred.some((other) => isSame(name, other)));
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

// A delegate with a seat of their own sits in it: a seat that was given would count them twice.
function seatsFor(
  { rule, approvers, quorum }: Requirement,
  voter: Voter,
  givers: readonly Voter[],
): readonly Seat[] {
  const holders = isEntitled(voter, approvers)
    ? [voter]
    : givers.filter((giver) => isEntitled(giver, approvers));
  return holders.map(({ id }) => ({ rule, approvers, quorum, person: id }));
}

function isTaken({ votes }: Ask, seat: Seat): boolean {
  return votes.some(({ seats }) => {
    return seats.some((taken) => isOf(taken, seat) && isSame(taken.person, seat.person));
  });
}

function firstOfEach(seats: readonly Seat[]): readonly Seat[] {
  return seats.filter((seat, at) => seats.findIndex((other) => isOf(other, seat)) === at);
}

/** Returns whether a seat is one for a requirement: another layer's rule may have the same id. */
export function isOf(seat: Seat, { rule, approvers, quorum }: Omit<Seat, 'person'>): boolean {
  return (
    seat.rule === rule &&
    seat.quorum === quorum &&
    seat.approvers.length === approvers.length &&
    seat.approvers.every((approver, at) => approver === approvers[at])
  );
}
