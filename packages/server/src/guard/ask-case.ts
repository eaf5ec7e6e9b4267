import { type AskCase, caseOf } from '@plumbline/core';

import type { AskedAction } from './ask-types.ts';
import { findAsk } from './asks.ts';
import type { Desk } from './desk.ts';
import { momentOf } from './turn.ts';

/**
 * Returns what an approver needs to know of an ask as things stand, or null where nobody knows it
 * any more: its session is closed, or another pact is armed.
 */
export function caseOfAsk(desk: Desk, id: string, asked: AskedAction): AskCase | null {
  const found = findAsk(desk, id);
  const live = found === undefined ? undefined : desk.agents.get(found.agent);
  if (found === undefined || live?.pact?.digest !== found.ask.pact) return null;
  return caseOf(live.pact, live.state, { ...asked, now: momentOf(desk, live) });
}
