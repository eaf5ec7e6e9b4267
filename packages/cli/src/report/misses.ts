import { isEarlier } from './places.ts';

/** Something worth a look, counted: an attack that got through, or honest work kept back. */
export type Miss = {
  readonly suite: string;
  readonly task: string | null;
  readonly injectionTask: string | null;
  readonly tool: string;
  readonly rule: string | null;
};

/** A miss, the number of runs it was seen in, and where the first of them stands. */
export type CountedMiss = Miss & { readonly runs: number; readonly first: string };

type Entry = { readonly miss: Miss; runs: number; first: string };

/** Misses with the number of runs each was seen in. */
export class Counted {
  readonly #counts: Map<string, Entry> = new Map();

  /** Adds the misses of the run at a place, each once. */
  add(misses: Iterable<Miss>, first: string): void {
    const seen = new Map(Array.from(misses, (miss) => [keyOf(miss), miss] as const));
    for (const miss of seen.values()) this.#count(miss, { runs: 1, first });
  }

  /** Adds misses counted over other runs. */
  merge(misses: readonly CountedMiss[]): void {
    for (const { runs, first, ...miss } of misses) this.#count(miss, { runs, first });
  }

  #count(miss: Miss, { runs, first }: Pick<Entry, 'runs' | 'first'>): void {
    const key = keyOf(miss);
    const entry = this.#counts.get(key);
    if (entry === undefined) {
      this.#counts.set(key, { miss, runs, first });
      return;
    }
    entry.runs += runs;
    if (isEarlier(first, entry.first)) entry.first = first;
  }

  /** Returns the misses, most frequent first; equal ones in order of their names. */
  list(): readonly CountedMiss[] {
    return Array.from(this.#counts.entries())
      .sort(([key, a], [other, b]) => b.runs - a.runs || (key < other ? -1 : 1))
      .map(([, { miss, runs, first }]) => ({ ...miss, runs, first }));
  }
}

function keyOf({ suite, task, injectionTask, tool, rule }: Miss): string {
  return JSON.stringify([suite, task, injectionTask, tool, rule]);
}
