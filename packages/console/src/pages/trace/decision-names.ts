import type { TraceRow } from '../../data/traces.ts';
import { memberAt, textAt } from './open-part.ts';

/** Which tool each decision is about, and which entry tells what became of it. */
export type DecisionNames = {
  readonly toolOf: (decision: string) => string | null;
  readonly outcomeOf: (decision: string) => number | null;
};

/** Reads the names of decisions from the entries of sessions. */
export function decisionNames(rows: Iterable<TraceRow>): DecisionNames {
  const tools = new Map<string, string>();
  const outcomes = new Map<string, number>();
  for (const { index, kind, open, secret, source } of rows) {
    const decision = textAt(open, 'decision');
    if (decision === null) continue;
    const asked = textAt(memberAt(secret, 'action'), 'tool');
    const tool = asked ?? textAt(open, 'tool') ?? source?.tool ?? null;
    if (kind === 'decided' && tool !== null) tools.set(decision, tool);
    if (kind === 'outcome') outcomes.set(decision, index);
  }
  return {
    toolOf: (decision) => tools.get(decision) ?? null,
    outcomeOf: (decision) => outcomes.get(decision) ?? null,
  };
}
