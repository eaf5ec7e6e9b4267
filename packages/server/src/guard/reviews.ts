import { type Due, reviewDue, type Review } from '@plumbline/core';

import { LedgerStopped } from '../ledger/sequencer.ts';
import { type Desk, REVIEW_RULE } from './desk.ts';
import type { Outcome } from './guard.ts';
import { keepHalt } from './halts/halt.ts';
import { latchHalt } from './halts/latch.ts';
import { makeId } from './ids.ts';
import type { LiveAgent } from './live-agent.ts';
import type { ReviewClosing } from './people.ts';
import { done, refuse } from './refusal.ts';
import { isProbe } from './probe.ts';
import { durably, findAgent, momentOf, recordNote, type Recorded } from './turn.ts';

/** Returns the reviews of an agent's objective, newest first. */
export function reviewsOf(desk: Desk, agent: string): readonly Review[] | undefined {
  const live = isProbe(agent) ? undefined : desk.agents.get(agent);
  return live === undefined ? undefined : [...live.people.reviews.values()].reverse();
}

/**
 * Raises a review when an agent tried too often to undo what people decided; one at a time. Call it
 * in the turn of a decision. A log that is full for the moment leaves it due for the next one.
 */
export function raiseReview(desk: Desk, live: LiveAgent): void {
  if (live.people.undoing.attempts.length === 0 || isProbe(live.agent)) return;
  if ([...live.people.reviews.values()].some(({ finding }) => finding === null)) return;
  const rule = desk.parts.review ?? REVIEW_RULE;
  const due = reviewDue(live.people.undoing, rule, live.state.now);
  if (due === null) return;
  try {
    if (rule.halts) haltFor(desk, live);
    recordNote(desk, live, { kind: 'review_raised', open: openOf(desk, live, due) });
  } catch (error) {
    if (!(error instanceof LedgerStopped)) throw error;
  }
}

// An agent that optimises against people goes on with a changed objective, or not at all.
function haltFor(desk: Desk, live: LiveAgent): void {
  if (live.state.halts.get('agent')?.incident === 'optimisation') return;
  const at = desk.parts.clocks.now();
  const reason = 'it tried again and again to undo what people decided: a review is open';
  const of = { agent: live.agent, scope: 'agent', target: '', reason, by: 'review' } as const;
  const saved = {
    ...of,
    incident: 'optimisation',
    id: makeId('hlt', at, desk.random),
    at,
  } as const;
  // Nobody waits for it: what is not kept now is owed to the log.
  void keepHalt(desk, latchHalt(desk, saved), saved);
}

function openOf(
  desk: Desk,
  live: LiveAgent,
  { actions, sessions, decisions }: Due,
): Record<string, string | number | string[]> {
  const id = makeId('rev', momentOf(desk, live), desk.random);
  return { id, what: 'objective', actions, sessions, because: [...decisions] };
}

/** Closes a review with what a person found. What was counted for it is not counted again. */
export async function closeReview(desk: Desk, of: ReviewClosing): Promise<Outcome<Recorded>> {
  const found = findAgent(desk, of.agent);
  if (!found.ok) return found;
  const live = found.value;
  const review = live.people.reviews.get(of.id);
  if (review === undefined) return refuse('not-found', `there is no review \`${of.id}\``);
  if (review.finding !== null) return refuse('conflict', `review \`${of.id}\` is closed`);
  const { id, finding, reason, by } = of;
  return durably(desk, () => {
    return done(
      recordNote(desk, live, { kind: 'review_closed', open: { id, finding, reason, by } }),
    );
  });
}
