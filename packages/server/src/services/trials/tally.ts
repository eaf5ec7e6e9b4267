import { type JsonObject, type TriedDecision, VERDICTS } from '@plumbline/core';

/** A decision that was tried, and the entry that holds it. */
export type TriedEntry = TriedDecision & { readonly index: number };

/** One pair of verdicts with what people said where the record holds it. */
export type TrialPair = {
  readonly recorded: string;
  readonly candidate: string;
  readonly count: number;
  readonly approved: number;
  readonly denied: number;
  readonly examples: readonly TriedEntry[];
};

/** What came of playing a record under a candidate pact. */
export type Trial = {
  readonly decisions: number;
  readonly notOpened: number;
  readonly conflicts: number;
  readonly pairs: readonly TrialPair[];
};

type Counted = { -readonly [K in keyof TrialPair]: TrialPair[K] } & { examples: TriedEntry[] };

const MOST_EXAMPLES = 3;

/** Counts verdict pairs, and joins what people answered at the end: answers come later. */
export class Tally {
  readonly #pairs: Map<string, Counted> = new Map();
  readonly #asked: Map<string, Counted> = new Map();
  readonly #answers: Map<string, string> = new Map();
  #decisions = 0;
  notOpened = 0;
  conflicts = 0;

  take(tried: TriedEntry): void {
    this.#decisions += 1;
    const { recorded, candidate, session, action, decision } = tried;
    const key = `${recorded} ${candidate}`;
    const pair: Counted = this.#pairs.get(key) ?? {
      recorded,
      candidate,
      count: 0,
      approved: 0,
      denied: 0,
      examples: [],
    };
    this.#pairs.set(key, pair);
    pair.count += 1;
    if (pair.examples.length < MOST_EXAMPLES) pair.examples.push(tried);
    if (recorded === 'step_up') this.#asked.set(`${session} ${action} ${decision}`, pair);
  }

  answer(approval: JsonObject | null): void {
    if (approval === null) return;
    const { session, action, outcome } = approval;
    if (typeof session !== 'string' || typeof action !== 'string') return;
    if (typeof outcome === 'string') this.#answers.set(`${session} ${action}`, outcome);
  }

  trial(): Trial {
    for (const [key, pair] of this.#asked) {
      const outcome = this.#answers.get(key.slice(0, key.lastIndexOf(' ')));
      if (outcome === 'approved') pair.approved += 1;
      if (outcome === 'denied') pair.denied += 1;
    }
    const { notOpened, conflicts } = this;
    const pairs = [...this.#pairs.values()].sort((one, other) => {
      return rank(other) - rank(one) || other.count - one.count;
    });
    return { decisions: this.#decisions, notOpened, conflicts, pairs };
  }
}

/** What changes most comes first. */
function rank({ recorded, candidate }: Counted): number {
  const [from, to] = [recorded, candidate].map((kind) => VERDICTS.findIndex((one) => one === kind));
  return Math.abs((to ?? 0) - (from ?? 0));
}
