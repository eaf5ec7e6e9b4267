import type { Obligation } from '@plumbline/core';

import type { Desk } from './desk.ts';
import type { LiveSession } from './live-agent.ts';
import { type Found, noteIfTaken } from './turn.ts';

const MOST_RULES = 100;

/**
 * Counts how often each rule of a session sent the agent to somebody for more authority. Returns
 * the rules whose count is to be written down: the first time, the tenth, the hundredth.
 */
export function countEscalations(
  { escalated }: Pick<LiveSession, 'escalated'>,
  obligations: readonly Obligation[],
): readonly { readonly rule: string; readonly count: number }[] {
  const rules = obligations.flatMap(({ kind, rule }) => (kind === 'escalate' ? [rule] : []));
  return [...new Set(rules)].flatMap((rule) => {
    const count = (escalated.get(rule) ?? 0) + 1;
    if (count === 1 && escalated.size >= MOST_RULES) return [];
    escalated.set(rule, count);
    return /^10*$/.test(String(count)) ? [{ rule, count }] : [];
  });
}

/**
 * Writes down that an agent was sent to somebody for more authority than its session holds. Where
 * the log is full for the moment it stays unsaid: the refusal itself stands there.
 */
export function noteEscalations(
  desk: Desk,
  { live, session }: Found,
  of: { readonly decision: string; readonly obligations: readonly Obligation[] },
): void {
  for (const { rule, count } of countEscalations(session, of.obligations)) {
    const open = { decision: of.decision, rule, count };
    noteIfTaken(desk, live, { kind: 'escalated', open, session });
  }
}
