import type { Stop } from './order.ts';

/** What is told of the last stops; whoever missed one before is told to stop everything. */
const REMEMBERED = 2_000;

/**
 * The stops of one agent, in order, for the enforcement points that redeem permits themselves.
 */
export class Stops {
  #last = 0;
  readonly #recent: Stop[] = [];
  readonly #waiting: Set<() => void> = new Set();

  /** The number of the last one; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** Adds one and tells whoever waits, in the same turn. Returns its number. */
  push(stop: Omit<Stop, 'stop'>): number {
    this.#last += 1;
    this.#recent.push({ stop: this.#last, ...stop });
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
    return this.#last;
  }

  /** Returns the stops after this number; one that stops everything where some were forgotten. */
  after(stop: number, epoch: number): readonly Stop[] {
    const first = this.#recent[0]?.stop ?? this.#last + 1;
    if (stop >= first - 1) return this.#recent.filter((each) => each.stop > stop);
    const everything = { cancels: true, voidsAll: true, sessions: null, tool: null };
    return [{ stop: this.#last, epoch, halt: null, ...everything }];
  }

  /** Resolves at the next stop, after `waitMs`, or when everybody is let go. */
  next(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      this.#waiting.add(done);
    });
  }

  /** How many wait for the next stop. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Lets everybody go who waits. */
  release(): void {
    for (const wake of this.#waiting) wake();
  }
}
