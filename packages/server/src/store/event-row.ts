import type { EventRow } from './models.ts';
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
