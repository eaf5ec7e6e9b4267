import type { Requirement } from '../decide/verdict.ts';
import type { Digest } from '../digest.ts';
import { err, ok, type Result } from '../result.ts';

/** Whose place a vote takes for one requirement: the voter's own, or that of who gave it away. */
export type Seat = {
  readonly rule: string;
  readonly approvers: readonly string[];
  readonly quorum: number;
  readonly person: string;
};

/** What a person can say to an ask. */
export type VoteOutcome = 'approve' | 'deny';

/** One person's word on an ask. `by` is the key or link it came with; `at` is ms UTC. */
export type Vote = {
  readonly at: number;
  readonly outcome: VoteOutcome;
  readonly person: string;
  readonly reason: string;
  readonly by: string;
  readonly mechanism: string;
  readonly seats: readonly Seat[];
};

/**
 * How an ask stands. `approved` waits for its action to come again, `used` let it through,
 * `lapsed` was not used in time; `expired` is a denial for want of votes; `superseded` ended with
 * its pact, `void` with a halt or its session.
 */
export type AskState =
  'pending' | 'approved' | 'used' | 'lapsed' | 'denied' | 'expired' | 'superseded' | 'void';

/** Why an ask is void. */
export type VoidReason = 'halted' | 'session-closed';

/**
 * One exact action that waits for people, folded from what is recorded of it.
 *
 * `decision` and `request` are those of the latest decision, `first` is that of the first one;
 * `approvals` are the ids of what it came to; `shown` says when which key saw it first.
 * Source: spec/approvals.md, section "Asks".
 */
export type Ask = {
  readonly id: string;
  readonly session: string;
  readonly action: Digest;
  readonly pact: Digest;
  readonly tool: string;
  /** The id of the person whose data it holds; null where nobody said. */
  readonly subject: string | null;
  readonly first: string;
  readonly decision: string;
  readonly request: string;
  readonly askedAt: number;
  readonly expiresAtMs: number;
  readonly requirements: readonly Requirement[];
  readonly votes: readonly Vote[];
  readonly state: AskState;
  readonly endedAt: number | null;
  readonly voidReason: VoidReason | null;
  readonly approvals: readonly string[];
  /** Until when the approvals are good, or the denial stands; null while pending. */
  readonly untilMs: number | null;
  readonly shown: Readonly<Record<string, number>>;
};

/** What can happen to an ask. */
export type AskEvent =
  | {
      readonly kind: 'asked';
      readonly at: number;
      readonly decision: string;
      readonly request: string;
      readonly requirements: readonly Requirement[];
    }
  | { readonly kind: 'shown'; readonly at: number; readonly by: string }
  | { readonly kind: 'voted'; readonly at: number; readonly vote: Vote }
  | {
      readonly kind: 'settled';
      readonly at: number;
      readonly approval: string;
      readonly outcome: 'approved' | 'denied' | 'expired';
      readonly untilMs: number;
    }
  | { readonly kind: 'used'; readonly at: number }
  | { readonly kind: 'superseded'; readonly at: number }
  | { readonly kind: 'voided'; readonly at: number; readonly why: VoidReason };

/** Why nothing happens to an ask: it ended before, or ran out. */
export type AskError = { readonly code: 'ended' | 'expired'; readonly message: string };

/** What asks are bounded by. Source: spec/approvals.md, section "Bounds". */
export const ASK_BOUNDS = {
  pendingPerSession: 100,
  pending: 1_000,
  kept: 2_000,
  votes: 100,
  shown: 100,
  voteFacts: 10_000,
} as const;

/** Returns the id of the ask that a decision opens. */
export function askIdOf(decision: string): string {
  return `apr_${decision.replace(/^dec_/, '')}`;
}

/** Returns the id of the ask that an approval belongs to. */
export function askOfApproval(approval: string): string {
  return approval.split('.', 1)[0] ?? '';
}

/** Returns the ask that a first decision opens; it runs out with its least patient requirement. */
export function openAsk(
  of: Pick<Ask, 'session' | 'action' | 'pact' | 'tool'>,
  { at, decision, request, requirements }: Extract<AskEvent, { readonly kind: 'asked' }>,
): Ask {
  return {
    id: askIdOf(decision),
    ...of,
    subject: null,
    first: decision,
    decision,
    request,
    askedAt: at,
    expiresAtMs: at + patienceOf(requirements),
    requirements,
    votes: [],
    state: 'pending',
    endedAt: null,
    voidReason: null,
    approvals: [],
    untilMs: null,
    shown: {},
  };
}

function patienceOf(requirements: readonly Requirement[]): number {
  return Math.max(0, Math.min(...requirements.map(({ withinMs }) => withinMs)));
}

/**
 * Returns the ask after something happened to it.
 *
 * now: ms UTC, from which on a vote comes too late.
 * Errors: `ended` when it does not wait any more, `expired` when its time ran out.
 */
export function transition(ask: Ask, event: AskEvent, now: number): Result<Ask, AskError> {
  switch (event.kind) {
    case 'shown':
      return ok(shownTo(ask, event.by, event.at));
    case 'used':
      // Under a pact that is armed again in its time an approval is good again.
      return ok(mayBeUsed(ask) ? ended(ask, 'used', event.at) : ask);
    case 'settled':
      return settledBy(ask, event);
    case 'voided':
      if (ask.state !== 'pending' && ask.state !== 'approved') return endedBefore(ask);
      return ok({ ...ended(ask, 'void', event.at), voidReason: event.why });
    case 'superseded':
      if (ask.state !== 'pending' && ask.state !== 'approved') return endedBefore(ask);
      return ok(ended(ask, 'superseded', event.at));
    case 'asked':
    case 'voted':
      if (ask.state !== 'pending') return endedBefore(ask);
      if (now >= ask.expiresAtMs) return err({ code: 'expired', message: 'its time ran out' });
      return ok(event.kind === 'voted' ? withVote(ask, event.vote) : askedAgain(ask, event));
  }
}

function mayBeUsed({ state, approvals }: Ask): boolean {
  return state === 'approved' || (state === 'superseded' && approvals.length > 0);
}

function endedBefore({ state }: Ask): Result<never, AskError> {
  return err({ code: 'ended', message: `it is ${state} and waits for nobody` });
}

function ended(ask: Ask, state: AskState, at: number): Ask {
  return { ...ask, state, endedAt: at };
}

function shownTo(ask: Ask, by: string, at: number): Ask {
  const isKnown = Object.hasOwn(ask.shown, by);
  if (isKnown || Object.keys(ask.shown).length >= ASK_BOUNDS.shown) return ask;
  return { ...ask, shown: { ...ask.shown, [by]: at } };
}

function withVote(ask: Ask, vote: Vote): Ask {
  return ask.votes.length < ASK_BOUNDS.votes ? { ...ask, votes: [...ask.votes, vote] } : ask;
}

// Who asks again and again gains no time by it; a rule that is new to it may take some away.
function askedAgain(ask: Ask, event: Extract<AskEvent, { readonly kind: 'asked' }>): Ask {
  const { decision, request, requirements, at } = event;
  const expiresAtMs = Math.min(ask.expiresAtMs, at + patienceOf(requirements));
  return { ...ask, decision, request, requirements, expiresAtMs };
}

// Several approvals of one ask are recorded one after the other, in one turn.
function settledBy(
  ask: Ask,
  { approval, outcome, at, untilMs }: Extract<AskEvent, { readonly kind: 'settled' }>,
): Result<Ask, AskError> {
  const isMore = ask.state === 'approved' && outcome === 'approved';
  if (ask.state !== 'pending' && !isMore) return endedBefore(ask);
  return ok({ ...ended(ask, outcome, at), approvals: [...ask.approvals, approval], untilMs });
}

/** Returns how an ask stands at a moment: an approval that nobody used in time has lapsed. */
export function stateAt({ state, untilMs }: Ask, now: number): AskState {
  return state === 'approved' && untilMs !== null && now >= untilMs ? 'lapsed' : state;
}
