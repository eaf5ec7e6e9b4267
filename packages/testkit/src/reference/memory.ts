import type { Event } from '@plumbline/core';

import { type EventOf, openSession, sessionOf, stoppingFindings } from './history.ts';
import { freshFacts, subjectOf } from './subject.ts';
import type { Turn } from './turn.ts';

/** Returns how many denials this session has had in one category. */
export function refusalsOf(turn: Turn, category: string): number {
  return (turn.session?.life ?? []).filter(
    (event) =>
      event.kind === 'decided' &&
      event.decision.verdict.kind === 'deny' &&
      categoryOf(turn, event) === category,
  ).length;
}

function categoryOf({ pact }: Turn, event: Extract<Event, { readonly kind: 'decided' }>): string {
  const facts = freshFacts(pact, event.facts, event.at);
  return subjectOf(pact, event.action.tool, facts).tool.category;
}

/** Returns the records some events of one session touched through a tool. */
export function countingRecords(life: readonly Event[], tool: string): number {
  return life.reduce((sum, event) => (isUse(event, tool) ? sum + (event.records ?? 0) : sum), 0);
}

function isUse(event: Event, tool: string): event is EventOf<'outcome'> {
  return event.kind === 'outcome' && event.tool === tool && event.status !== 'not_sent';
}

/** Returns the totals of one tool of every session that was closed after using it. */
export function sampleTotals(history: readonly Event[], tool: string): readonly number[] {
  return history.flatMap((event, index) => {
    if (event.kind !== 'session_closed') return [];
    const life = openSession(history.slice(0, index), event.session)?.life ?? [];
    const isUsed = life.some((past) => isUse(past, tool));
    return isUsed ? [countingRecords(life, tool)] : [];
  });
}

/** What stands before a category: nothing, a gate a violation closed, or one a person keeps. */
export type Gate = 'open' | 'closed' | 'kept';

/** Returns the gate this session meets in a category. Source: spec/decide.md, section "Events". */
export function gateOf(turn: Turn, category: string): Gate {
  let own: Gate = 'open';
  let agent: Gate = 'open';
  let principals = new Set<string>();
  for (const [index, event] of turn.history.entries()) {
    const isOwn = sessionOf(event) === turn.action.session;
    if (event.kind === 'session_closed' && isOwn) own = 'open';
    if (event.kind === 'decided' && violates(turn, event, category)) {
      if (isOwn && own === 'open') own = 'closed';
      const session = openSession(turn.history.slice(0, index), event.action.session);
      principals.add(session?.opened.principal ?? '');
      if (principals.size >= turn.pact.gates.widenAfter && agent === 'open') agent = 'closed';
    }
    if (event.kind !== 'gate' || event.category !== category) continue;
    const moved: Gate = event.outcome === 'opened' ? 'open' : 'kept';
    if (event.session === null) {
      agent = moved;
      if (moved === 'open') [own, principals] = ['open', new Set()];
    } else if (isOwn) own = moved;
  }
  const both = [own, agent];
  return both.includes('kept') ? 'kept' : both.includes('closed') ? 'closed' : 'open';
}

function violates(
  turn: Turn,
  event: Extract<Event, { readonly kind: 'decided' }>,
  category: string,
): boolean {
  const isViolation = stoppingFindings(event).some(({ violation }) => violation === true);
  return isViolation && categoryOf(turn, event) === category;
}
