import { seedAt } from '../generate/random.ts';
import { caseOf, type GeneratedCase, shrink } from './case.ts';
import { count, type Coverage, uncovered } from './coverage.ts';
import { type Disagreement, play } from './play.ts';

/** What to run: at least `decisions` comparisons, from a seed. */
export type Run = {
  readonly seed: number;
  readonly decisions: number;
  /** Called after every story with the decisions compared so far. */
  readonly onProgress?: (decisions: number) => void;
  /** Whether stages are counted, until every pair has met: it doubles the reference's work. */
  readonly isCounting: boolean;
};

/** What a run showed. A run stops at its first disagreement. */
export type Ran = {
  readonly decisions: number;
  readonly stories: number;
  readonly verdicts: ReadonlyMap<string, number>;
  readonly uncovered: readonly string[];
  readonly failure: (Disagreement & { readonly seed: number; readonly story: string }) | null;
};

/** Compares kernel and reference over generated stories. */
export function run({ seed, decisions: wanted, onProgress, isCounting }: Run): Ran {
  const coverage: Coverage = new Map();
  const verdicts = new Map<string, number>();
  let decisions = 0;
  let stories = 0;
  let missing = Infinity;
  while (decisions < wanted) {
    const given = caseOf(seedAt(seed, stories));
    const played = play(given.pact, given.steps, isCounting && missing > 0);
    stories += 1;
    if (stories % 100 === 0) missing = uncovered(coverage).length;
    decisions += played.decisions;
    for (const fired of played.fired) count(coverage, fired);
    for (const kind of played.verdicts) verdicts.set(kind, (verdicts.get(kind) ?? 0) + 1);
    onProgress?.(decisions);
    if (played.disagreement === null) continue;
    const story = describe(given);
    const failure = { ...played.disagreement, seed: given.seed, story };
    return { decisions, stories, verdicts, uncovered: uncovered(coverage), failure };
  }
  return { decisions, stories, verdicts, uncovered: uncovered(coverage), failure: null };
}

/** The pact and the shortest story found, ready to become a vector. */
function describe(given: GeneratedCase): string {
  const steps = shrink(given.pact, given.steps);
  const disagreement = play(given.pact, steps, false).disagreement;
  const shown = { pact: Object.fromEntries(given.files), steps, disagreement };
  return JSON.stringify(shown, null, 2);
}
