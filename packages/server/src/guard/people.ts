import type { Lock, LockOn, Voter } from '@plumbline/core';

/** What somebody locks. `agent` null: for every agent, those added later included. */
export type LockRequest = LockOn & {
  readonly agent: string | null;
  readonly untilMs: number | null;
  readonly reason: string;
  readonly by: string;
};

/** What a person takes a lock from. */
export type UnlockRequest = Omit<LockRequest, 'untilMs'>;

/** A lock as it is shown; `isOnEveryAgent` when it stands on all of them. */
export type ShownLock = Lock & { readonly isOnEveryAgent: boolean };

/** Where a lock was recorded, and which tools of the armed pacts it stops. */
export type PlacedLock = { readonly index: number; readonly stops: readonly string[] };

/** A gate that is shut: until a person decides (`closed`), or for good (`kept`). */
export type ClosedGate = {
  readonly category: string;
  /** The session whose gate it is; null: the agent's. */
  readonly session: string | null;
  readonly state: 'closed' | 'kept';
  /** Since when, ms UTC, and by how many violations; null and 0 where nothing says so any more. */
  readonly since: number | null;
  readonly violations: number;
  /** The last decisions that were violations, oldest first. */
  readonly because: readonly string[];
  /** How many distinct principals caused violations of the category. */
  readonly principals: number;
  /** Whom the armed pact lets decide. */
  readonly approvers: readonly string[];
};

/** What a person decides about a gate. `session` null: the agent's, with all its sessions. */
export type GateDecision = {
  readonly agent: string;
  readonly category: string;
  readonly session: string | null;
  readonly outcome: 'opened' | 'kept';
  readonly reason: string;
  readonly by: string;
  /** Who decides: never whoever the sessions are for, or opened them. */
  readonly person: Voter;
};

/** A gate as it was decided: what it was, and which others went with it. */
export type DecidedGate = {
  readonly index: number;
  readonly outcome: 'opened' | 'kept';
  /** The gates that are not as they were: this one, and of the agent's those of its sessions. */
  readonly changed: readonly Pick<ClosedGate, 'category' | 'session'>[];
  /** The refused actions that closed them, which a pact with a moved boundary has as cases. */
  readonly because: readonly string[];
};

/** What a person's word about a recorded decision is. Source: spec/entries.md, "Corrections". */
export const LABELS = [
  'should-allow',
  'should-deny',
  'should-ask',
  'wrong-arguments',
  'undone',
] as const;

/** One of the labels. */
export type Label = (typeof LABELS)[number];

/** A person's word about a decision; `note` and the action's digest are sealed for its subject. */
export type Correction = {
  readonly agent: string;
  readonly decision: string;
  readonly label: Label;
  readonly by: string;
  readonly note: string;
  readonly action: string | null;
  readonly subject: string | null;
};

/** What a review of the objective found. */
export const REVIEW_FINDINGS = ['objective', 'pact', 'nothing'] as const;

/** How a review ends. */
export type ReviewClosing = {
  readonly agent: string;
  readonly id: string;
  readonly finding: (typeof REVIEW_FINDINGS)[number];
  readonly reason: string;
  readonly by: string;
};
