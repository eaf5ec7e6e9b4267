import type { DecisionRow, EventRow } from './models.ts';
import type { ReadEntry } from './read-entry.ts';

/** Returns an entry as lists show it. `at` is its own time, or that of the entry before. */
export function eventRow(
  { kind, agent, session, subject, blob, change }: ReadEntry,
  { index, at }: { readonly index: number; readonly at: number },
): EventRow {
  const row = { index, at, kind, agent, session, subject, blob };
  const none = { decision: null, tool: null, verdict: null, outcome: null };
  if (change?.kind === 'decided') {
    const { decision, tool, verdict } = change;
    return { ...row, ...none, decision, tool, verdict };
  }
  if (change?.kind !== 'outcome') return { ...row, ...none };
  return { ...row, ...none, decision: change.decision, outcome: change.status };
}

/** Returns the entry of a decision as lists of entries show it. */
export function eventOfDecision({
  index,
  at,
  agent,
  session,
  decision,
  tool,
  verdict,
}: DecisionRow): EventRow {
  const place = { index, at, kind: 'decided', agent, session, subject: null, blob: null };
  return { ...place, decision, tool, verdict, outcome: null };
}
