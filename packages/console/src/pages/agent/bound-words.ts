import { windowText } from '@plumbline/core';

import type { AgentBound } from '../../data/agent-bounds.ts';

/** Returns what a limit or budget allows, such as `100.00 of amount per day`. */
export function mostText({ most, sum, per }: AgentBound): string {
  const what = sum === null ? `${most} ${most === '1' ? 'call' : 'calls'}` : `${most} of ${sum}`;
  return per.kind === 'agent' ? `${what} in all` : `${what} per ${windowText(per)}`;
}

/** Returns how much is used and left; null where each call is held to it alone. */
export function useText({ used, left, most }: AgentBound): string | null {
  return used === null || left === null ? null : `${used} of ${most} used, ${left} left`;
}

/** Returns which part is used, from 0 to 1; a bound of nothing is used up. */
export function usedPart({ used, most }: AgentBound): number {
  const [spent, all] = [Number(used ?? 0), Number(most)];
  return all > 0 ? Math.min(1, spent / all) : 1;
}

/** Returns how much a bound asks for: one that is used up stops what comes next. */
export function toneOf(bound: AgentBound): 'accent' | 'warn' | 'danger' {
  const part = usedPart(bound);
  if (part >= 1) return 'danger';
  return part >= 0.8 ? 'warn' : 'accent';
}

/** Returns what happens to an action that has no room in a bound. */
export function emptyText({ per, sum, left }: AgentBound): string {
  const what = sum === null ? 'the next call is refused' : 'a call for more is refused';
  const isEmpty = left === '0';
  switch (per.kind) {
    case 'call':
      return 'a call beyond it is refused';
    case 'session':
      return `${what} in that session`;
    case 'agent':
      return isEmpty ? `${what} until the pact says otherwise` : `${what}, for good`;
    case 'day':
    case 'window':
      return `${what} until it begins anew`;
  }
}
