import { undoerOf } from '../../guard/undo-agent.ts';
import { beginStep, forwardStep, NO_PERMIT, type TakingNeeds, whoCalls } from './take-step.ts';
import { noteStep } from './step-notes.ts';
import type { UndoBook } from './undo-book.ts';
import type { UndoSet, UndoStep } from './undo-types.ts';

/** Why an action waits that the daemon does not do itself. */
export const ELSEWHERE =
  'an enforcement point has to ask for it: no upstream of the daemon makes the call';

/** What comes next of a set: an action, nothing because all is done, or nothing for now. */
export type NextStep =
  | { readonly kind: 'step'; readonly step: UndoStep }
  | { readonly kind: 'done' }
  | { readonly kind: 'blocked' };

/**
 * Returns the action that is next. What could not be done stops what comes before it in time,
 * unless the set says to go on; `again` are those that are to be tried once more.
 */
export function nextStep(set: UndoSet, again: ReadonlySet<number>): NextStep {
  for (const step of set.steps) {
    const { state, n } = step;
    if (state === 'done') continue;
    if (state === 'planned' || state === 'waiting') return { kind: 'step', step };
    if (state !== 'began' && state !== 'unknown' && again.has(n)) return { kind: 'step', step };
    if (state === 'began' || !set.goOn) return { kind: 'blocked' };
  }
  return { kind: 'done' };
}

/** Does the actions of a set, one after the other, as far as they can be done now. */
export async function runSet(needs: TakingNeeds, undo: string): Promise<void> {
  const again = new Set(needs.book.toRetry(undo));
  const waited = new Set<number>();
  for (;;) {
    const set = needs.book.find(undo);
    const next = set === undefined ? null : nextStep(set, again);
    if (set === undefined || next?.kind !== 'step') break;
    const { step } = next;
    again.delete(step.n);
    // What waits is asked once a run.
    if (waited.has(step.n)) break;
    if (whoCalls(needs, set, step) === 'enforcement-point') {
      const isSaid = step.state === 'waiting' && step.why === ELSEWHERE;
      if (!isSaid) await noteStep(needs, set, { n: step.n, state: 'waiting', why: ELSEWHERE });
      break;
    }
    const begun = await beginStep(needs, { set, step });
    if (begun !== null) await forwardStep(needs, { set, step }, begun);
    const now = needs.book.find(undo)?.steps.find(({ n }) => n === step.n);
    // A log that takes nothing leaves the action as it was.
    if (now === undefined || now === step) break;
    if (now.state === 'waiting') waited.add(now.n);
    if (now.why === NO_PERMIT && step.tries === 0) again.add(now.n);
  }
  await closeSessions(needs, undo);
}

/**
 * Whether a run of a set was cut short: it did nothing yet, or what comes next waits for nothing. A
 * run that came to its end left nothing that it could have done. Where a person said since what
 * became of an action, it is theirs to have the rest done.
 */
export function wasCut(book: UndoBook, set: UndoSet): boolean {
  if (set.runs === 0 || book.isSettled(set.undo)) return false;
  const next = nextStep(set, book.toRetry(set.undo));
  return next.kind === 'step' && (next.step.state !== 'waiting' || book.isUntouched(set.undo));
}

// What is all done holds no session open.
async function closeSessions(needs: TakingNeeds, undo: string): Promise<void> {
  const set = needs.book.find(undo);
  if (set === undefined || set.steps.some(({ state }) => state !== 'done')) return;
  for (const session of needs.sessionsOf(undo)) {
    await needs.guard.closeSession({ agent: undoerOf(set.agent), session });
  }
}
