import type { CompiledPact, Event } from '@plumbline/core';

import { isLetThrough } from './history.ts';
import { holdsUntrusted } from './provenance.ts';
import { freshFacts, subjectOf } from './subject.ts';

/**
 * Returns the labels a session carries after these events.
 *
 * Source: spec/decide.md, section "Labels".
 */
export function labelsOf(
  pact: CompiledPact,
  history: readonly Event[],
  session: string,
): ReadonlySet<string> {
  return readingOf(pact, history).labels.get(session) ?? new Set();
}

/** Returns the outcomes that came out of the agent's memory after it was tainted. */
export function taintedOutcomes(pact: CompiledPact, history: readonly Event[]): ReadonlySet<Event> {
  const hasMemory = [...pact.tools.values()].some(({ touches }) => touches.includes('memory'));
  return hasMemory ? readingOf(pact, history).tainted : new Set();
}

type Reading = {
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
  readonly tainted: ReadonlySet<Event>;
};

function readingOf(pact: CompiledPact, history: readonly Event[]): Reading {
  const labels = new Map<string, Set<string>>();
  const tainted = new Set<Event>();
  let isMemoryTainted = false;
  for (const event of history) {
    if (event.kind === 'session_opened') labels.set(event.session, new Set());
    if (event.kind === 'session_closed') labels.delete(event.session);
    if (event.kind === 'message' && event.from === 'untrusted') {
      labels.get(event.session)?.add('untrusted');
    }
    if (event.kind === 'outcome' && event.status !== 'not_sent') {
      const { tool } = subjectOf(pact, event.tool, new Map());
      if (isMemoryTainted && tool.touches.includes('memory')) tainted.add(event);
      for (const label of labelsOfOutcome(pact, event, isMemoryTainted)) {
        labels.get(event.session)?.add(label);
      }
    }
    if (!isLetThrough(event)) continue;
    const { action } = event;
    const subject = subjectOf(pact, action.tool, freshFacts(pact, event.facts, event.at));
    const carried = labels.get(action.session);
    if (subject.effect !== 'read' || subject.isOpenWorld) carried?.add('external');
    if (subject.effect === 'read' || !subject.tool.touches.includes('memory')) continue;
    isMemoryTainted ||= carried?.has('untrusted') ?? false;
  }
  return { labels, tainted };
}

function labelsOfOutcome(
  pact: CompiledPact,
  event: Extract<Event, { readonly kind: 'outcome' }>,
  isMemoryTainted: boolean,
): readonly string[] {
  const { tool, isDeclared } = subjectOf(pact, event.tool, new Map());
  if (!isDeclared) return [];
  const isUntrusted =
    holdsUntrusted(tool, event.result) || (isMemoryTainted && tool.touches.includes('memory'));
  return isUntrusted ? [...tool.sensitive, 'untrusted'] : tool.sensitive;
}
