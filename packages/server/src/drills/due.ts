import type { DrillRule } from '@plumbline/core';

import type { DrillBookRow } from './drill-book.ts';

/** No schedule makes drills more frequent than this, in ms. */
const LEAST_APART_MS = 2_000;
const RETRY_MS = 60_000;
const MOST_RETRY_MS = 3_600_000;

/** Returns when the next drill is due, in ms UTC, or null without a schedule. */
export function dueAt({ rule, since, lastPassedAt }: DrillBookRow): number | null {
  if (rule === null || since === null) return null;
  return Math.max(since, lastPassedAt ?? 0) + lengthOf(rule);
}

/** Returns when a drill is overdue: some time after it was due, and at most once more as long. */
export function overdueAt(row: DrillBookRow, graceMs: number): number | null {
  const due = dueAt(row);
  return due === null || row.rule === null ? null : due + Math.min(graceMs, lengthOf(row.rule));
}

function lengthOf({ everyMs }: DrillRule): number {
  return Math.max(LEAST_APART_MS, everyMs);
}

/**
 * Returns when a drill is tried next: when it is due, and later and later where the last ones did
 * not pass. The first one that was interrupted is made up for at once.
 */
export function nextTryAt(row: DrillBookRow): number | null {
  const due = dueAt(row);
  const last = row.drills.at(-1);
  if (due === null || last?.endedAt == null || row.failures === 0) return due;
  const isFirst = row.failures === 1 && last.state === 'interrupted';
  const waitMs = isFirst ? 0 : Math.min(MOST_RETRY_MS, RETRY_MS * 2 ** Math.min(row.failures, 10));
  return Math.max(due, last.endedAt + Math.min(waitMs, row.rule?.everyMs ?? waitMs));
}
