import { runPlace, type Run } from '../readers/run.ts';
import { isEarlier } from './places.ts';

/** Why some records could not be mapped, how many, and where the first of them stands. */
export type Unmapped = {
  readonly why: string;
  readonly agent: string | null;
  readonly runs: number;
  readonly first: string;
};

/** Counts the records that no manifest rule maps, by reason. */
export class UnmappedRuns {
  runs = 0;
  readonly #reasons: Map<string, { readonly reason: Unmapped; runs: number }> = new Map();

  add(run: Run, why: string, agent: string | null = null): void {
    this.runs += 1;
    const entry = this.#reasons.get(why);
    if (entry !== undefined) {
      entry.runs += 1;
      return;
    }
    this.#reasons.set(why, { reason: { why, agent, runs: 1, first: runPlace(run) }, runs: 1 });
  }

  /** Adds reasons counted over other records, keeping the place that comes first in its file. */
  merge(reasons: readonly Unmapped[]): void {
    for (const reason of reasons) {
      this.runs += reason.runs;
      const entry = this.#reasons.get(reason.why);
      const runs = (entry?.runs ?? 0) + reason.runs;
      const isFirst = entry === undefined || isEarlier(reason.first, entry.reason.first);
      this.#reasons.set(reason.why, { reason: isFirst ? reason : entry.reason, runs });
    }
  }

  /** Returns the reasons, the most frequent first. */
  list(): readonly Unmapped[] {
    return Array.from(this.#reasons.values(), ({ reason, runs }) => ({ ...reason, runs })).sort(
      (a, b) => b.runs - a.runs || (a.why < b.why ? -1 : 1),
    );
  }
}
