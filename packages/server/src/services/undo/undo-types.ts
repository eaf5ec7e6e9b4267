import type { JsonObject, WhyNotUndone } from '@plumbline/core';

/** How one action of a set stands. `waiting` says for what in `why`. */
export type StepState = 'planned' | 'began' | 'done' | 'failed' | 'refused' | 'waiting' | 'unknown';

/** How a set of actions stands. Source: spec/undo.md, section "States". */
export type UndoState =
  | 'pending'
  | 'approved'
  | 'running'
  | 'stopped'
  | 'done'
  | 'denied'
  | 'expired'
  | 'lapsed'
  | 'withdrawn';

/** One action that takes `decision` back. `index` is the entry that holds its arguments. */
export type UndoStep = {
  readonly n: number;
  readonly decision: string;
  readonly tool: string;
  readonly action: string;
  readonly index: number;
  readonly state: StepState;
  /** What the guard decided about it last; null before. */
  readonly compensating: string | null;
  readonly why: string | null;
  readonly by: string | null;
  readonly at: number | null;
  /** How often it was tried and came to an end. */
  readonly tries: number;
};

/** A person's word on a set. */
export type UndoVote = {
  readonly outcome: 'approve' | 'deny';
  readonly by: string;
  readonly reason: string;
  readonly at: number;
};

/** What is taken back together: exactly these actions, in this order. */
export type UndoSet = {
  readonly undo: string;
  readonly agent: string;
  readonly digest: string;
  readonly pact: string;
  /** Whether what follows is done where one could not be. */
  readonly goOn: boolean;
  readonly reason: string;
  readonly by: string;
  /** The pseudonym of who asked; null for the daemon's own user. */
  readonly person: string | null;
  readonly askedAt: number;
  /** Until when it waits for another person. */
  readonly untilMs: number;
  readonly vote: UndoVote | null;
  readonly runs: number;
  readonly ranBy: string | null;
  readonly withdrawn: { readonly by: string; readonly reason: string; readonly at: number } | null;
  readonly steps: readonly UndoStep[];
  /** The entry that asked for it, and the last that say what became of it, oldest first. */
  readonly entries: readonly number[];
};

/** Which actions of an agent; at least one member narrows. */
export type UndoSelection = {
  readonly agent: string;
  /** Ids of decisions, or places in the log. */
  readonly entries: readonly string[] | null;
  readonly session: string | null;
  readonly sinceMs: number | null;
  /** Ids of decisions that are left as they are. */
  readonly leave: readonly string[];
};

/** What a person says of arguments that nothing declares, by decision. */
export type Filling = Readonly<Record<string, JsonObject>>;

/** Why an action is not taken back, beyond what the pact says. */
export type WhyNotPlanned = WhyNotUndone | 'not-let-through' | 'erased' | 'undone' | 'in-undo';

/**
 * One action of a selection, and what takes it back. `args` are null where the caller may not see
 * them. `missing` of `['*']` is: look at the tool and say what it takes, even if nothing.
 */
export type PlannedAction = {
  readonly decision: string;
  readonly index: number;
  readonly at: number;
  readonly session: string;
  readonly tool: string | null;
  readonly reversible: 'yes' | 'partly' | 'no' | null;
  readonly can: 'ready' | 'fill' | 'cannot';
  readonly why: WhyNotPlanned | null;
  readonly say: string | null;
  readonly undo: string | null;
  readonly args: JsonObject | null;
  readonly missing: readonly string[];
};

/** What would be done, last action first. `reads` are actions that changed nothing. */
export type UndoPlan = {
  readonly agent: string;
  readonly pact: string;
  readonly actions: readonly PlannedAction[];
  readonly reads: number;
};
