import type { Tone } from '../../ui/marks.tsx';
import type { Standing } from './worker/explain-decision.ts';

/** How a decision that was made again stands, in a word, as a verifier says it. */
export const STANDING_WORDS: Readonly<Record<Standing, readonly [Tone, string]>> = {
  recomputed: ['good', 'recomputed'],
  mismatch: ['danger', 'mismatch'],
  erased: ['plain', 'erased'],
  sealed: ['plain', 'not opened'],
  missing: ['plain', 'not made again'],
};
