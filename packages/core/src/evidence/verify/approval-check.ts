import type { Approval } from '../../approval/approval.ts';
import { askOfApproval, type Seat, type Vote } from '../../approval/ask.ts';
import { type AskBook, emptyBook, foldAskEvent, foldVote } from '../../approval/ask-book.ts';
import { isEntitled } from '../../approval/entitled.ts';
import { settle } from '../../approval/settle.ts';
import type { State } from '../../decide/state.ts';
import type { JsonObject } from '../../json.ts';
import type { Entry } from '../entry.ts';
import type { RecordedEvent } from '../parts.ts';

// How long an approval or a denial stands is the daemon's setting; what it says is not.
const ANY_TERMS = { approvalMs: 0, denialMs: 0 };

/**
 * Holds every recorded approval of an agent to the votes in the log: that it is what follows from
 * them, by as many distinct people in distinct seats as its rules ask for.
 *
 * Only where every event of the agent so far could be opened; otherwise it says nothing.
 * Source: spec/approvals.md, section "What follows from votes".
 */
export class ApprovalCheck {
  readonly #book: AskBook = emptyBook();
  /** What follows from the ask that is being settled: several approvals are one turn. */
  #due: readonly Approval[] = [];
  #hasVotes = false;

  /** Returns why an approval does not follow from what is in the log, or undefined. */
  complaintOf({ approval, at }: Extract<RecordedEvent, { kind: 'approval' }>): string | undefined {
    const ask = this.#book.asks.get(askOfApproval(approval.id));
    if (ask === undefined || !approval.id.includes('.')) return this.#complaintOfBare(approval);
    if (ask.state === 'pending') this.#due = settle(ask, at, ANY_TERMS);
    const follows = this.#due.some((due) => isSame(due, approval));
    return follows ? undefined : 'is an approval that does not follow from the votes in the log';
  }

  // Records from before votes were recorded have approvals of another form, and no votes.
  #complaintOfBare({ id }: Approval): string | undefined {
    const isFirst = !this.#hasVotes && !id.includes('.');
    return isFirst ? undefined : 'is an approval of nothing that was asked';
  }

  /** Takes a recorded vote, opened, and returns why it cannot have counted, or undefined. */
  takeVote({ at, open }: Entry, secret: JsonObject, state: State): string | undefined {
    // What is sealed of a vote has the shape of its kind, which was checked.
    const vote = { ...open, ...secret, at } as unknown as Vote;
    this.#hasVotes = true;
    const id = typeof open['ask'] === 'string' ? open['ask'] : '';
    const ask = this.#book.asks.get(id);
    if (ask?.state !== 'pending') return 'is a vote on nothing that waits';
    const principal = state.sessions.get(ask.session)?.principal.toLowerCase();
    const people = [vote.person, ...vote.seats.map(({ person }) => person)];
    const isOwn = people.some((person) => person.toLowerCase() === principal);
    const rules = [...new Set(vote.seats.map(({ rule }) => rule))];
    foldVote(this.#book, id, vote);
    if (!vote.seats.every(isNamed)) return 'is a vote in a seat that its rule does not name';
    if (isOwn) return 'is a vote of the person it was asked for';
    const isOpenTrue = JSON.stringify(rules) === JSON.stringify(open['rules']);
    return isOpenTrue ? undefined : 'the open part is not what is sealed';
  }

  /** Takes an event, once it was folded into the state. */
  fold(state: State, event: RecordedEvent): void {
    foldAskEvent(this.#book, state, event);
  }
}

// Who is of a group is known to the daemon alone; an address stands in the rule itself.
function isNamed({ person, approvers }: Seat): boolean {
  const email = person.toLowerCase();
  const hasGroups = approvers.some((approver) => approver.startsWith('role:'));
  return hasGroups || isEntitled({ email, groups: [] }, approvers);
}

function isSame(one: Approval, other: Approval): boolean {
  const said = ({ id, session, action, pact, rules, outcome, by, reason }: Approval): string => {
    return JSON.stringify([id, session, action, pact, rules, outcome, by, reason]);
  };
  return said(one) === said(other);
}
