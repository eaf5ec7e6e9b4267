import type { AroundRow } from '../../data/around.ts';
import type { TraceRow } from '../../data/traces.ts';
import { memberAt, textAt } from './open-part.ts';

/** What stands in a timeline: an entry of the session, or one about it in its agent's chain. */
export type TimelineItem = {
  readonly row: TraceRow;
  readonly isAround: boolean;
  /** Entries that say the same right after it, and stand with it in one row. */
  readonly same: readonly number[];
};

/** Joins a session's entries with what stands about it, in the order of the log. */
export function timelineItems(
  rows: readonly TraceRow[],
  around: readonly AroundRow[],
): readonly TimelineItem[] {
  const own = rows.map((row): TimelineItem => ({ row, isAround: false, same: [] }));
  const opening = rows.find(({ kind }) => kind === 'session_opened');
  const about = around
    .filter((row) => row.covers === 'yes' || isOf(row, opening))
    .map((row): TimelineItem => ({ row: traceRow(row), isAround: true, same: [] }));
  if (about.length === 0) return own;
  return inRuns([...own, ...about].toSorted((one, other) => one.row.index - other.row.index));
}

/** Somebody who reads a long session reads it in parts: together they say no more than one. */
function inRuns(items: readonly TimelineItem[]): readonly TimelineItem[] {
  const runs: TimelineItem[] = [];
  for (const item of items) {
    const before = runs.at(-1);
    if (before !== undefined && isSameReading(before, item)) {
      runs[runs.length - 1] = { ...before, same: [...before.same, item.row.index] };
    } else runs.push(item);
  }
  return runs;
}

function isSameReading({ row: one }: TimelineItem, { row: other }: TimelineItem): boolean {
  if (one.kind !== 'read' || other.kind !== 'read') return false;
  const named = ({ open }: TraceRow): string =>
    JSON.stringify([open['by'], open['decision'], open['audit']]);
  return named(one) === named(other);
}

/** Of which room or task a session is, what is sealed says once it was opened. */
function isOf({ open }: AroundRow, opening: TraceRow | undefined): boolean {
  const scope = textAt(open, 'scope');
  if (scope !== 'room' && scope !== 'task') return false;
  const own = memberAt(opening?.secret, scope);
  return typeof own === 'string' && own === textAt(open, 'target');
}

function traceRow({ index, at, kind, open }: AroundRow): TraceRow {
  return { index, at, kind, open, sealed: 'none', secret: null, source: null };
}
