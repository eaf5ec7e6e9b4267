import { type Action, type Ask, pendingAsks, settle } from '@plumbline/core';

import type { Appended } from '../ledger/sequencer.ts';
import { askOf } from './asks.ts';
import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import type { LiveAgent } from './live-agent.ts';
import { done, refuse } from './refusal.ts';
import { momentOf, recordEvent, refusalOf } from './turn.ts';

// Whoever was refused asks for something else, or in another session.
const DENIAL_MS = 86_400_000;

/**
 * Records what follows from an ask by now: its approvals, its denial, or that its time ran out.
 * Returns the last entry, or null while it waits on. Throws what the recorder throws.
 */
export function settleAsk(desk: Desk, live: LiveAgent, ask: Ask): Appended | null {
  const session = live.sessions.get(ask.session);
  // Of a session whose key is lost nothing can be sealed, and nothing is decided in it any more.
  if (session === undefined) return null;
  const terms = { approvalMs: desk.parts.bounds.approvalMs, denialMs: DENIAL_MS };
  let last: Appended | null = null;
  for (const approval of settle(ask, momentOf(desk, live), terms)) {
    const event = { kind: 'approval', at: momentOf(desk, live), approval } as const;
    last = recordEvent(desk, live, { event, session });
  }
  return last;
}

/**
 * Settles the ask about an action, in the turn that decides on it: a vote of which the log holds
 * no more than itself counts, and one whose time ran out is denied.
 */
export function settleBefore(desk: Desk, live: LiveAgent, action: Action): void {
  const ask = askOf(live, action);
  if (ask !== null) settleAsk(desk, live, ask);
}

/** Settles every ask whose time ran out, or which a crash left unsettled. */
export async function sweepAsks(desk: Desk): Promise<Outcome<{ readonly settled: number }>> {
  if (desk.stopped !== null) return refuse('unavailable', desk.stopped);
  let last: Appended | null = null;
  let settled = 0;
  try {
    for (const live of desk.agents.values()) {
      for (const ask of pendingAsks(live.asks)) {
        const appended = settleAsk(desk, live, ask);
        if (appended === null) continue;
        last = appended;
        settled += 1;
      }
    }
    await last?.durable;
    return done({ settled });
  } catch (error) {
    return refusalOf(desk, error);
  }
}
