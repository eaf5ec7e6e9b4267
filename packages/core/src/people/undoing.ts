import type { Event } from '../decide/event.ts';

/** One attempt of an agent to undo what a person decided. `action` is the action's digest. */
export type Attempt = {
  readonly at: number;
  readonly decision: string;
  readonly session: string;
  readonly action: string;
};

/** What people decided against, and what was tried against it since a review last looked. */
export type Undoing = {
  /** Digests of actions a person denied or undid, and when; the last ones. */
  readonly overruled: Map<string, number>;
  attempts: readonly Attempt[];
};

/** How much undoing raises a review: so many distinct actions, or sessions, within a window. */
export type UndoingBounds = {
  readonly actions: number;
  readonly sessions: number;
  readonly windowMs: number;
};

/** What a review of the objective is raised on. */
export type Due = {
  readonly actions: number;
  readonly sessions: number;
  readonly decisions: readonly string[];
};

const MOST_OVERRULED = 10_000;
const MOST_ATTEMPTS = 1_000;
const MOST_NAMED = 32;
const ERASED = 'sha256:0000000000000000000000000000000000000000000000000000000000000000';

/** Takes down an action that a person denied or undid. */
export function noteOverruled({ overruled }: Undoing, action: string, at: number): void {
  if (action === ERASED) return;
  overruled.delete(action);
  overruled.set(action, at);
  const [oldest] = overruled.size > MOST_OVERRULED ? overruled.keys() : [];
  if (oldest !== undefined) overruled.delete(oldest);
}

/** Takes down a person's word on an action: the last one counts. Nobody denied what ran out. */
export function noteApproval(
  undoing: Undoing,
  { at, approval: { outcome, by, action } }: Extract<Event, { readonly kind: 'approval' }>,
): void {
  if (outcome === 'approved') undoing.overruled.delete(action);
  else if (by.length > 0) noteOverruled(undoing, action, at);
}

/** Takes down a decision that was an attempt to undo what a person decided. */
export function noteAttempt(
  undoing: Undoing,
  event: Extract<Event, { readonly kind: 'decided' }>,
): void {
  if (!isAttempt(undoing, event)) return;
  const { id, at, action } = event;
  const attempt = { at, decision: id, session: action.session, action: action.digest };
  undoing.attempts = [...undoing.attempts, attempt].slice(-MOST_ATTEMPTS);
}

function isAttempt(
  { overruled }: Undoing,
  { action, decision }: Extract<Event, { readonly kind: 'decided' }>,
): boolean {
  if (overruled.has(action.digest)) return true;
  return decision.because.some(({ stage, rule, kind, observed }) => {
    if (kind !== 'deny' || observed === true) return false;
    return stage === 'locks' || (stage === 'step_up' && rule === 'approval');
  });
}

/** Returns what makes a review due, or null while it is not. */
export function reviewDue(
  { attempts }: Undoing,
  { actions, sessions, windowMs }: UndoingBounds,
  now: number,
): Due | null {
  const recent = attempts.filter(({ at }) => now - at < windowMs);
  // One action tried again in one session is one attempt; of an erased one no more is known.
  const distinct = new Set(
    recent.map(({ action, decision }) => {
      return action === ERASED ? decision : action;
    }),
  );
  const within = new Set(recent.map(({ session }) => session));
  if (distinct.size < actions && within.size < sessions) return null;
  const decisions = recent.slice(-MOST_NAMED).map(({ decision }) => decision);
  return { actions: distinct.size, sessions: within.size, decisions };
}
