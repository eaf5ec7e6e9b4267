import type { Halt } from '../../data/halts.ts';
import type { Tone } from '../../ui/marks.tsx';

/** How far a halt is. */
export type Stage = 'taking effect' | 'in force' | 'resumed';

/** Returns how far a halt is: nothing it covers is forwarded any more once it is in force. */
export function stageOf({ state, resumedAt }: Pick<Halt, 'state' | 'resumedAt'>): Stage {
  if (resumedAt !== null) return 'resumed';
  return state === 'effective' ? 'in force' : 'taking effect';
}

export const TONES: Readonly<Record<Stage, Tone>> = {
  'taking effect': 'warn',
  'in force': 'danger',
  resumed: 'plain',
};
