import type { Drill, DrillStanding } from '../../data/drills.ts';
import type { Tone } from '../../ui/marks.tsx';
import { spanText } from '../../ui/time-text.ts';

const TONES: Readonly<Record<Drill['state'], Tone>> = {
  running: 'accent',
  passed: 'good',
  failed: 'danger',
  interrupted: 'warn',
};

/** Returns how much the state of a drill asks for. */
export function toneOf({ state }: Pick<Drill, 'state'>): Tone {
  return TONES[state];
}

/** Returns how drills of an agent stand, in a word; what asks for most comes first. */
export function standingOf(standing: DrillStanding): readonly [Tone, string] {
  const { isRunning, isOverdue, missing, rule, last } = standing;
  if (isRunning) return ['accent', 'running'];
  if (isOverdue) return ['danger', 'overdue'];
  if (rule !== null && missing > 0) return ['danger', 'too few holders'];
  if (last === null) return ['plain', 'never drilled'];
  return [TONES[last.state], last.state];
}

/** Returns the measured times of a drill: until latched, effective, and the last forward. */
export function timesText({ times }: Pick<Drill, 'times'>): string {
  if (times === null) return '';
  const { latchedMs, effectiveMs, lastForwardMs } = times;
  return [latchedMs, effectiveMs, lastForwardMs].map(spanText).join(' · ');
}
