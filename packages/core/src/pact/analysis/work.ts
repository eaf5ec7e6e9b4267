import type { Answer, Budget } from './solve.ts';
import type { Subject } from './subject.ts';

/** Looks an analysis may still spend on one pact, and the rule at which it ran out of them. */
export type Work = { left: number; stoppedAt: Subject | null };

/** About two seconds on one core. */
const allLooks = 6_400_000;
/** A step of the solver costs as much as this many looks at one rule with one example. */
const looksPerStep = 8;
/** One hard question must leave room for the others. */
const stepsPerQuestion = 100_000;

/** Returns the work one analysis may do. */
export function startWork(): Work {
  return { left: allLooks, stoppedAt: null };
}

/** Returns the answer of a question that is paid for; without means it stays undetermined. */
export function spendOn<W>(work: Work, ask: (budget: Budget) => Answer<W>): Answer<W> {
  if (work.left < 0) return { kind: 'undetermined', why: 'too large' };
  const steps = Math.min(stepsPerQuestion, Math.ceil(work.left / looksPerStep));
  const budget = { left: steps };
  const answer = ask(budget);
  work.left -= (steps - budget.left) * looksPerStep;
  return answer;
}

/** Returns what is found about each rule, up to the one at which the work is used up. */
export function eachWithin<T>(
  subjects: readonly Subject[],
  work: Work,
  look: (subject: Subject) => readonly T[],
): readonly T[] {
  const found: T[] = [];
  for (const subject of subjects) {
    if (work.stoppedAt !== null) break;
    found.push(...look(subject));
    if (work.left < 0) work.stoppedAt = subject;
  }
  return found;
}
