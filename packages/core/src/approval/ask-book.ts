import type { Event } from '../decide/event.ts';
import { haltKey, type State } from '../decide/state.ts';
import type { Decision } from '../decide/verdict.ts';
import { setBounded } from '../decide/bounded.ts';
import {
  type Ask,
  ASK_BOUNDS,
  type AskEvent,
  askOfApproval,
  openAsk,
  stateAt,
  transition,
  type Vote,
  type VoteOutcome,
} from './ask.ts';

/** One vote as it counts for fatigue. `shownMs` is null when who voted had not been shown it. */
export type VoteFact = {
  readonly at: number;
  readonly ask: string;
  readonly person: string;
  readonly by: string;
  readonly outcome: VoteOutcome;
  readonly shownMs: number | null;
};

/**
 * The asks of one agent, folded beside its state: those that wait, and the last that ended.
 *
 * INVARIANT: the functions below own the book they are given.
 */
export type AskBook = {
  readonly asks: Map<string, Ask>;
  /** The ids of those that wait, or that were approved and not used. */
  readonly live: Set<string>;
  /** The latest ask of each session, action and pact. */
  readonly latest: Map<string, string>;
  readonly votes: VoteFact[];
};

/** Returns a book in which nothing was asked yet. */
export function emptyBook(): AskBook {
  return { asks: new Map(), live: new Set(), latest: new Map(), votes: [] };
}

/** What an ask is about: one action of one session under one pact. */
export type AskSubject = Pick<Ask, 'session' | 'action' | 'pact'>;

function keyOf({ session, action, pact }: AskSubject): string {
  return `${session} ${action} ${pact}`;
}

/** Returns the ask that waits for exactly this, if any. */
export function pendingFor(book: AskBook, subject: AskSubject): Ask | undefined {
  const ask = book.asks.get(book.latest.get(keyOf(subject)) ?? '');
  return ask?.state === 'pending' ? ask : undefined;
}

/** Returns the asks that wait, oldest first. */
export function pendingAsks({ asks, live }: AskBook): readonly Ask[] {
  return [...live].flatMap((id) => asks.get(id) ?? []).filter(({ state }) => state === 'pending');
}

type ApprovalTables = Pick<State, 'approvals' | 'goneApprovals' | 'now'>;

/**
 * Returns whether a decision may open another ask: the tables of asks and approvals have room.
 * What has none is refused by whoever would record it, and never allowed.
 * Source: spec/approvals.md, section "Bounds".
 */
export function hasRoomFor(
  book: AskBook,
  state: ApprovalTables,
  { subject, mostApprovals }: { readonly subject: AskSubject; readonly mostApprovals: number },
): boolean {
  if (pendingFor(book, subject) !== undefined) return true;
  const pending = pendingAsks(book);
  const own = pending.filter(({ session }) => session === subject.session).length;
  if (own >= ASK_BOUNDS.pendingPerSession || pending.length >= ASK_BOUNDS.pending) return false;
  // Every ask that waits comes to as many approvals as it has requirements, at most.
  const owed = pending.reduce((sum, { requirements }) => sum + requirements.length, 0);
  return standing(state) + owed < mostApprovals - ASK_BOUNDS.pendingPerSession;
}

// Those that ran out make room when it is needed.
function standing({ approvals, goneApprovals, now }: ApprovalTables): number {
  const all = [...approvals.values()].map(({ expiresAtMs }) => expiresAtMs);
  return [...all, ...goneApprovals.values()].filter((untilMs) => untilMs > now).length;
}

/** Changes one ask; what cannot happen to it any more changes nothing. */
function change(book: AskBook, id: string, event: AskEvent): void {
  const ask = book.asks.get(id);
  if (ask === undefined) return;
  const next = transition(ask, event, event.at);
  if (!next.ok) return;
  book.asks.set(id, next.value);
  const isLive = next.value.state === 'pending' || next.value.state === 'approved';
  if (!isLive) book.live.delete(id);
}

/**
 * Folds an event of the kernel into the book; `state` is the agent's after that event.
 *
 * Source: spec/approvals.md, section "Folding".
 */
export function foldAskEvent(book: AskBook, state: State, event: Event): void {
  switch (event.kind) {
    case 'decided':
      foldDecision(book, state, event);
      return;
    case 'approval': {
      const { id, outcome, by, expiresAtMs } = event.approval;
      const ending = outcome === 'denied' && by.length === 0 ? 'expired' : outcome;
      const settled = { kind: 'settled', approval: id, outcome: ending } as const;
      change(book, askOfApproval(id), { ...settled, at: event.at, untilMs: expiresAtMs });
      return;
    }
    case 'armed':
      for (const id of book.live) {
        if (book.asks.get(id)?.pact !== event.pact) {
          change(book, id, { kind: 'superseded', at: event.at });
        }
      }
      return;
    case 'session_closed':
    case 'session_opened':
    case 'halt':
    case 'finding':
      voidStopped(book, state, event.at);
      return;
    default:
      return;
  }
}

function foldDecision(
  book: AskBook,
  state: State,
  event: Extract<Event, { readonly kind: 'decided' }>,
): void {
  const { decision, at } = event;
  if (decision.verdict.kind === 'step_up') {
    foldStepUp(book, state, event);
    return;
  }
  for (const approval of decision.spends) {
    if (lets(decision)) change(book, askOfApproval(approval), { kind: 'used', at });
  }
  const isHalting = decision.because.some(({ halts }) => halts !== undefined);
  if (isHalting) voidStopped(book, state, at);
}

function lets({ verdict }: Decision): boolean {
  return verdict.kind === 'allow' || verdict.kind === 'modify';
}

function foldStepUp(
  book: AskBook,
  state: State,
  { id, at, action, decision: { verdict } }: Extract<Event, { readonly kind: 'decided' }>,
): void {
  const { pact } = state;
  const { session, digest, tool } = action;
  if (verdict.kind !== 'step_up' || pact === null || !state.sessions.has(session)) return;
  const { requirements } = verdict;
  // An erased decision says that somebody was asked and not for what.
  if (requirements.length === 0) return;
  const request = action.id.slice(session.length + 1);
  const event = { kind: 'asked', at, decision: id, request, requirements } as const;
  const subject = { session, action: digest, pact };
  const pending = pendingFor(book, subject);
  if (pending !== undefined) {
    change(book, pending.id, event);
    return;
  }
  if (pendingAsks(book).length >= ASK_BOUNDS.pending) return;
  const opened = openAsk({ ...subject, tool }, event);
  book.asks.set(opened.id, opened);
  book.live.add(opened.id);
  book.latest.set(keyOf(subject), opened.id);
  forgetOldest(book, at);
}

// Those that wait are never forgotten.
function forgetOldest(book: AskBook, now: number): void {
  if (book.asks.size <= ASK_BOUNDS.kept) return;
  for (const id of book.live) {
    const found = book.asks.get(id);
    if (found === undefined || stateAt(found, now) === 'lapsed') book.live.delete(id);
  }
  for (const old of book.asks.values()) {
    if (book.live.has(old.id)) continue;
    book.asks.delete(old.id);
    if (book.latest.get(keyOf(old)) === old.id) book.latest.delete(keyOf(old));
    return;
  }
}

// What was halted waits for nobody, and what was approved before counts no more.
function voidStopped(book: AskBook, state: State, at: number): void {
  for (const id of book.live) {
    const found = book.asks.get(id);
    if (found === undefined) continue;
    if (!state.sessions.has(found.session)) {
      change(book, id, { kind: 'voided', at, why: 'session-closed' });
    } else if (isStopped(state, found)) {
      change(book, id, { kind: 'voided', at, why: 'halted' });
    }
  }
}

function isStopped(state: State, found: Ask): boolean {
  if (found.state === 'approved') {
    return !found.approvals.some((approval) => state.approvals.has(approval));
  }
  const session = state.sessions.get(found.session);
  if (session === undefined || session.haltedBy !== null) return true;
  const scopes = [
    haltKey('fleet', ''),
    haltKey('agent', ''),
    haltKey('session', found.session),
    haltKey('tool', found.tool),
    ...(session.room === null ? [] : [haltKey('room', session.room)]),
    ...(session.task === null ? [] : [haltKey('task', session.task)]),
  ];
  return scopes.some((scope) => state.halts.has(scope));
}

/** Says whose data the ask about something holds, so that it goes with them. */
export function ownAsk(book: AskBook, about: AskSubject, subject: string): void {
  const ask = pendingFor(book, about);
  if (ask?.subject === null) book.asks.set(ask.id, { ...ask, subject });
}

/** Forgets the asks and votes that hold somebody's data, as folding their erased entries would. */
export function forgetAsksOf(book: AskBook, subject: string): void {
  for (const ask of book.asks.values()) {
    if (ask.subject !== subject) continue;
    book.asks.delete(ask.id);
    book.live.delete(ask.id);
    if (book.latest.get(keyOf(ask)) === ask.id) book.latest.delete(keyOf(ask));
    const kept = book.votes.filter((vote) => vote.ask !== ask.id);
    book.votes.splice(0, book.votes.length, ...kept);
  }
}

/** Folds a recorded vote into the book. */
export function foldVote(book: AskBook, id: string, vote: Vote): void {
  const before = book.asks.get(id);
  change(book, id, { kind: 'voted', at: vote.at, vote });
  if (before === undefined || book.asks.get(id) === before) return;
  const { at, person, by, outcome } = vote;
  const since = Object.hasOwn(before.shown, by) ? before.shown[by] : undefined;
  const shownMs = since === undefined ? null : Math.max(0, at - since);
  book.votes.push({ at, ask: id, person, by, outcome, shownMs });
  if (book.votes.length > ASK_BOUNDS.voteFacts) book.votes.shift();
}

/** Notes that a decision was read by somebody: who votes on its ask was shown it. */
export function foldReading(
  book: AskBook,
  { decision, by, at }: { readonly decision: string; readonly by: string; readonly at: number },
): void {
  for (const id of book.live) {
    const found = book.asks.get(id);
    if (found?.decision === decision || found?.first === decision) {
      change(book, id, { kind: 'shown', by, at });
    }
  }
}

/** A book as plain JSON. */
export type SavedBook = { readonly asks: readonly Ask[]; readonly votes: readonly VoteFact[] };

/** Returns a book as plain JSON, from which `restoreBook` makes an equal one. */
export function saveBook({ asks, votes }: AskBook): SavedBook {
  return { asks: [...asks.values()], votes: [...votes] };
}

/** Returns the book that was saved. */
export function restoreBook({ asks, votes }: SavedBook): AskBook {
  const book = emptyBook();
  for (const saved of asks) {
    book.asks.set(saved.id, saved);
    if (saved.state === 'pending' || saved.state === 'approved') book.live.add(saved.id);
    setBounded(book.latest, ASK_BOUNDS.kept, [keyOf(saved), saved.id]);
  }
  book.votes.push(...votes);
  return book;
}
