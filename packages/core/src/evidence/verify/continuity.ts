import type { Entry } from '../entry.ts';

/**
 * A time in which nothing was written. `stopped`: the daemon had said that it stops. `lost`: it had
 * not, and started again. `silent`: it ran, and no heartbeat came.
 */
export type Gap = {
  readonly kind: 'stopped' | 'lost' | 'silent';
  /** The entry that ended it. */
  readonly index: number;
  readonly fromAt: number;
  readonly untilAt: number;
};

const MOST_LISTED = 1_000;

/** Lists when nothing was recorded. Source: requirement evidence.continuity. */
export class Continuity {
  readonly #heartbeatMs: number;
  readonly #gaps: Gap[] = [];
  #count = 0;
  #last: Pick<Entry, 'at' | 'kind'> | null = null;

  /** heartbeatMs: how long the daemon may write nothing. */
  constructor(heartbeatMs: number) {
    this.#heartbeatMs = heartbeatMs;
  }

  /** Takes the next entry of the log. */
  take({ at, kind }: Entry, index: number): void {
    const last = this.#last;
    this.#last = { at, kind };
    if (last === null) return;
    const isRestart = kind === 'boot';
    // A heartbeat is written after the interval, and may then wait for a batch as long again.
    if (!isRestart && at - last.at <= 2 * this.#heartbeatMs) return;
    this.#count += 1;
    const gap = isRestart ? (last.kind === 'shutdown' ? 'stopped' : 'lost') : 'silent';
    if (this.#gaps.length < MOST_LISTED) {
      this.#gaps.push({ kind: gap, index, fromAt: last.at, untilAt: at });
    }
  }

  /** The first thousand gaps, oldest first. */
  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  /** How many there are in all. */
  get count(): number {
    return this.#count;
  }
}
