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
  readonly refusals: number;
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
  readonly rules: readonly string[];
  /** `ok`, `error`, `not_sent`, `unknown`; null while nothing was reported. */
  readonly outcome: string | null;
  readonly outcomeIndex: number | null;
};

/** One entry as lists show it. */
export type EventRow = {
  readonly index: number;
  readonly at: number;
  readonly kind: string;
  readonly agent: string | null;
  readonly session: string | null;
  readonly subject: string | null;
  readonly blob: string | null;
};

/**
 * One page, newest first. `before` of the next page is the last row's index; null when it was the
 * last page.
 */
export type Page<Row> = {
  readonly rows: readonly Row[];
  readonly next: number | null;
  /** The answer holds everything before this index of the log. */
  readonly nextIndex: number;
};

/** Which rows; every member narrows. At most 1,000 rows a page. */
export type Filter = {
  readonly agent?: string;
  readonly session?: string;
  readonly kind?: string;
  readonly verdict?: VerdictKind;
  readonly tool?: string;
  readonly rule?: string;
  readonly subject?: string;
  /** Decisions that were let through and have no outcome. */
  readonly isUnfinished?: boolean;
  readonly fromAt?: number;
  readonly untilAt?: number;
  readonly before?: number;
  readonly limit?: number;
};

/**
 * What lists and searches are answered from: folded from the open parts of entries, disposable.
 * Decisions never
 * read it.
 *
 * Contract, of every implementation:
 * - `fold` takes entries in order from `nextIndex()` on and stores their rows and the following
 *   `nextIndex` in one transaction; entries before it are skipped, a gap is refused.
 * - Every answer says up to which entry it holds.
 * - A store of a newer schema than the program is refused; one of an older schema, or damaged, is
 *   dropped
 *   and folded again: nothing in it is worth a migration.
 * - The rows of equal logs are equal, however the entries were batched.
 */
export type Models = {
  readonly nextIndex: () => Promise<number>;
  readonly fold: (from: number, entries: readonly Uint8Array[]) => Promise<void>;
  readonly sessions: (filter: Filter) => Promise<Page<SessionRow>>;
  readonly decisions: (filter: Filter) => Promise<Page<DecisionRow>>;
  readonly decision: (id: string) => Promise<DecisionRow | undefined>;
  readonly events: (filter: Filter) => Promise<Page<EventRow>>;
  /** Drops everything; the next `fold` starts at 0. */
  readonly drop: () => Promise<void>;
  readonly close: () => Promise<void>;
};
