import { BOUNDS } from './state.ts';
import type { State } from './state.ts';

const AT_LEAST = 256;

/**
 * Removes counters whose window ended and marks that ran out, each time a table has doubled, so
 * that the cost of a turn stays flat.
 */
export function sweep(state: State): void {
  const { counters, marks, sweepAbove } = state;
  if (counters.size > sweepAbove.counters) {
    for (const [key, { windowEndMs }] of counters) {
      if (windowEndMs !== null && windowEndMs <= state.now) counters.delete(key);
    }
    sweepAbove.counters = Math.max(AT_LEAST, 2 * counters.size);
  }
  if (marks.size > sweepAbove.marks) {
    for (const [key, untilMs] of marks) if (untilMs <= state.now) marks.delete(key);
    sweepAbove.marks = Math.min(Math.max(AT_LEAST, 2 * marks.size), BOUNDS.marks - 1);
  }
}
