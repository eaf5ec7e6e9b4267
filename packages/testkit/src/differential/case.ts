import type { CompiledPact } from '@plumbline/core';

import { assemble } from '../generate/assemble.ts';
import { generatePact, type PactFiles } from '../generate/pact-text.ts';
import { randomOf } from '../generate/random.ts';
import { generateScript, type Step } from '../generate/script.ts';
import { play } from './play.ts';

/** One generated pact with a story over it. */
export type GeneratedCase = {
  readonly seed: number;
  readonly files: PactFiles;
  readonly pact: CompiledPact;
  readonly steps: readonly Step[];
};

const storyLength = 24;

/** Returns the case of a seed: the same on every machine. */
export function caseOf(seed: number): GeneratedCase {
  const random = randomOf(seed);
  const files = generatePact(random);
  return { seed, files, pact: assemble(files), steps: generateScript(random, storyLength) };
}

/** Returns the shortest story found that still disagrees, by leaving out ever smaller parts. */
export function shrink(pact: CompiledPact, steps: readonly Step[]): readonly Step[] {
  const first = play(pact, steps, false).disagreement;
  if (first === null) return steps;
  let best = steps.slice(0, first.step + 1);
  for (let size = Math.floor(best.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < best.length;) {
      const shorter = best.toSpliced(from, size);
      const isStill = play(pact, shorter, false).disagreement !== null;
      if (isStill) best = shorter;
      else from += size;
    }
  }
  return best;
}
