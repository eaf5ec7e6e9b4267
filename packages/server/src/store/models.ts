import type { VerdictKind } from '@plumbline/core';

/** One session as lists show it. Holds no personal data: names are opened from the ledger. */
export type SessionRow = {
  readonly agent: string;
  readonly session: string;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly task: string | null;
  readonly openedBy: string;
  readonly subject: string | null;
  readonly decisions: number;
  /** How many of the decisions were `deny`. */
  readonly refusals: number;
  /** When the last entry of the session's chain was written. */
  readonly lastAt: number;
};

/** One decision as lists show it. `index` is its entry's place in the log. */
export type DecisionRow = {
  readonly index: number;
  readonly at: number;
  readonly agent: string;
  readonly session: string;
  readonly decision: string;
  readonly pact: string;
  readonly tool: string | null;
  readonly verdict: VerdictKind;
  /** The rules that found something, in the order of the decision, each once. */
  readonly rules: readonly string[];
  /** `ok`, `error`, `not_sent`, `unknown`; null while nothing was reported. */
  readonly outcome: string | null;
  readonly outcomeIndex: number | null;
};

/** Why a claim counts no more: it was used up, taken back, or what it was for was ended. */
export type GrantEnd = 'spent' | 'revoked' | 'halted' | 'closed';

/**
 * One claim as the grant log shows it: how it was proved, and what became of it. What it says is
 * sealed. `claim` is its id; times are ms UTC, null where the entry does not say.
 */
export type GrantRow = {
  readonly index: number;
  readonly at: number;
  readonly agent: string;
  readonly session: string;
  readonly claim: string | null;
  readonly mechanism: string;
  readonly isOnce: boolean;
  readonly verifiedAt: number | null;
  readonly expiresAt: number | null;
  readonly end: GrantEnd | null;
  readonly endedAt: number | null;
};

/** The opening of a session: `index` is its entry's place in the log. */
export type OpeningRow = {
  readonly index: number;
  readonly agent: string;
  readonly session: string;
};

/** How many claims were recorded by one mechanism. */
export type GrantCount = { readonly mechanism: string; readonly count: number };

/**
 * One entry as lists show it. What is no JSON is of kind `handover`, what cannot be read otherwise
 * of kind `unreadable`; both have the time of the entry before.
 */
export type EventRow = {
  readonly index: number;
  readonly at: number;
  readonly kind: string;
  readonly agent: string | null;
  readonly session: string | null;
  readonly subject: string | null;
  /** The digest of the blob its text or its sources are in. */
  readonly blob: string | null;
  /** Of what was decided, and of its outcome. */
  readonly decision: string | null;
  /** Of what was decided. */
  readonly tool: string | null;
  readonly verdict: VerdictKind | null;
  /** How an outcome was reported. */
  readonly outcome: string | null;
};

/** How busy one agent was since a minute, and when anything of it was last written. */
export type ActivityRow = {
  readonly agent: string;
  readonly lastAt: number;
  readonly lastIndex: number;
  readonly decisions: number;
  /** How many of them were `deny`. */
  readonly refusals: number;
};

/**
 * One page, newest first, or oldest first where `after` was asked for. `before`, or `after`, of the
 * next page is the last row's index; null when it was the
 * last page. A session's index is that of the entry that opened it.
 */
export type Page<Row> = {
  readonly rows: readonly Row[];
  readonly next: number | null;
  /** The answer holds everything before this index of the log. */
  readonly nextIndex: number;
};

/**
 * Which rows; every member narrows. A list is asked only for what its rows have: sessions for
 * `agent`, `session`, `subject`; decisions for everything but `kind`; events for `agent`,
 * `session`, `kind`, `subject`; grants for `agent`, `session`, `mechanism`; each for times and
 * page. Anything else is a bug. At most 1,000 rows a page, 100 unless said.
 */
export type Filter = {
  readonly agent?: string;
  readonly session?: string;
  readonly kind?: string;
  readonly verdict?: VerdictKind;
  readonly tool?: string;
  readonly rule?: string;
  readonly subject?: string;
  readonly mechanism?: string;
  /** Decisions that were let through (`allow`, `modify`) and have no outcome; false: all others. */
  readonly isUnfinished?: boolean;
  /** Inclusive. */
  readonly fromAt?: number;
  /** Exclusive. */
  readonly untilAt?: number;
  readonly before?: number;
  /** Of events alone: what follows this index, oldest first. */
  readonly after?: number;
  readonly limit?: number;
};

/** A name that decisions hold, by how it begins. `agents` null: of any agent. */
export type NameWanted = {
  readonly what: 'tool' | 'rule';
  readonly text: string;
  readonly agents: readonly string[] | null;
};

/** Which openings of sessions; `before` null: from the newest on. */
export type RoomFilter = {
  readonly roomMark: string;
  readonly before: number | null;
  readonly limit: number;
};

/**
 * What lists and searches are answered from: folded from the open parts of entries, disposable.
 * Decisions never read it.
 *
 * Contract, of every implementation:
 * - `fold` takes entries in order from `nextIndex()` on and stores their rows and the following
 *   `nextIndex` in one transaction; entries before it are skipped, a gap is refused.
 * - Every answer says up to which entry it holds.
 * - A store of a newer schema than the program is refused; one of an older schema, or damaged, is
 *   dropped and folded again: nothing in it is worth a migration.
 * - When a call finds the store damaged, it drops it and rejects; `nextIndex` is 0 from then on.
 * - The rows of equal logs are equal, however the entries were batched.
 */
export type Models = {
  readonly nextIndex: () => Promise<number>;
  readonly fold: (from: number, entries: readonly Uint8Array[]) => Promise<void>;
  readonly sessions: (filter: Filter) => Promise<Page<SessionRow>>;
  readonly decisions: (filter: Filter) => Promise<Page<DecisionRow>>;
  readonly decision: (id: string) => Promise<DecisionRow | undefined>;
  /** Where decisions stand in the log, of those that are known. */
  readonly whereDecided: (ids: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  readonly events: (filter: Filter) => Promise<Page<EventRow>>;
  /** Returns the tool or the rule of decisions that a text begins, the first by name. */
  readonly nameLike: (wanted: NameWanted) => Promise<string | undefined>;
  /** Every agent of which anything was written, with what it did since the minute of a time. */
  readonly activity: (sinceAt: number) => Promise<readonly ActivityRow[]>;
  /**
   * Returns the sessions that are, or may be, of the room of a mark: also those of entries that say
   * nothing of rooms, and those with the mark of another key.
   */
  readonly roomOpenings: (of: RoomFilter) => Promise<Page<OpeningRow>>;
  readonly grants: (filter: Filter) => Promise<Page<GrantRow>>;
  /** Counts what `grants` lists, page aside, by mechanism and in its order. */
  readonly grantCounts: (filter: Filter) => Promise<readonly GrantCount[]>;
  /** Drops everything; the next `fold` starts at 0. */
  readonly drop: () => Promise<void>;
  readonly close: () => Promise<void>;
};
