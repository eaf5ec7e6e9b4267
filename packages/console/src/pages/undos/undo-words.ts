import type { UndoSet } from '../../data/undos.ts';
import type { Tone } from '../../ui/marks.tsx';

const SETS: Readonly<Record<UndoSet['state'], readonly [Tone, string]>> = {
  pending: ['warn', 'waits for approval'],
  approved: ['warn', 'approved, not begun'],
  running: ['accent', 'under way'],
  stopped: ['danger', 'stopped'],
  done: ['good', 'done'],
  denied: ['plain', 'denied'],
  expired: ['plain', 'nobody in time'],
  lapsed: ['plain', 'approved too long ago'],
  withdrawn: ['plain', 'given up'],
};

type StepState = UndoSet['steps'][number]['state'];

const STEPS: Readonly<Record<StepState, Tone>> = {
  planned: 'plain',
  began: 'accent',
  done: 'good',
  failed: 'danger',
  refused: 'danger',
  waiting: 'warn',
  unknown: 'danger',
};

/** Returns how a set stands, with how much that asks for. */
export function setWords({ state }: Pick<UndoSet, 'state'>): readonly [Tone, string] {
  return SETS[state];
}

/** Returns how much one action of a set asks for. */
export function stepTone(state: StepState): Tone {
  return STEPS[state];
}

/** Returns how far a set is: `3 of 4 done`. */
export function progressText({ steps }: Pick<UndoSet, 'steps'>): string {
  const done = steps.filter(({ state }) => state === 'done').length;
  return `${done} of ${steps.length} done`;
}
