type Timer = { readonly at: number; readonly order: number; readonly run: () => void };

/** Time that moves when it is told to, and what is to happen in it. */
export class VirtualTime {
  now: number;
  #timers: Timer[] = [];
  #order = 0;

  constructor(now: number) {
    this.now = now;
  }

  readonly clock = (): number => this.now;

  /** Has something happen so long from now. */
  after(ms: number, run: () => void): void {
    this.#order += 1;
    this.#timers.push({ at: this.now + ms, order: this.#order, run });
    this.#timers.sort((one, other) => one.at - other.at || one.order - other.order);
  }

  /** Returns when the next thing happens; infinity where nothing does. */
  next(): number {
    return this.#timers[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Moves on to a moment, and has happen what is due until then, in order. */
  moveTo(moment: number): void {
    for (let due = this.#timers[0]; due !== undefined && due.at <= moment; due = this.#timers[0]) {
      this.#timers.shift();
      this.now = Math.max(this.now, due.at);
      due.run();
    }
    this.now = Math.max(this.now, moment);
  }
}
