import type { Halt } from '../../data/halts.ts';
import type { SessionRow, TraceRow } from '../../data/traces.ts';

/** What stands in a timeline: an entry of the session, or a halt that covers it. */
export type TimelineItem =
  | { readonly kind: 'entry'; readonly key: string; readonly at: number; readonly row: TraceRow }
  | { readonly kind: 'halt'; readonly key: string; readonly at: number; readonly halt: Halt };

/** Joins a session's entries and the halts that stopped it while it was open, by time. */
export function timelineItems(
  session: SessionRow,
  rows: readonly TraceRow[],
  halts: readonly Halt[],
): readonly TimelineItem[] {
  const entries = rows.map((row): TimelineItem => ({
    kind: 'entry',
    key: String(row.index),
    at: row.at,
    row,
  }));
  const stops = halts
    .filter((halt) => covers(halt, session))
    .map((halt): TimelineItem => ({
      kind: 'halt',
      key: `halt ${halt.halt}`,
      at: halt.latchedAt,
      halt,
    }));
  if (stops.length === 0) return entries;
  return [...entries, ...stops].toSorted((one, other) => one.at - other.at);
}

/** Which rooms and tasks a session is in is sealed: those halts are shown where they are named. */
function covers({ scope, agent, target, latchedAt }: Halt, session: SessionRow): boolean {
  const isDuring = latchedAt >= session.openedAt && latchedAt <= (session.closedAt ?? Infinity);
  if (!isDuring) return false;
  if (scope === 'fleet') return true;
  if (agent !== session.agent) return false;
  return (
    scope === 'agent' || scope === 'tool' || (scope === 'session' && target === session.session)
  );
}
