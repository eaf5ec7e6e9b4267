import type { Call } from '@plumbline/core';

import type { Subject } from '../store/vault.ts';

/** An action that was let through and whose end is not known yet. */
export type LiveFlight = {
  readonly decision: string;
  readonly session: string;
  readonly subject: Subject;
  readonly call: Call;
  /** Null when the permit was given before the daemon started. */
  readonly permit: string | null;
  /** The lease its permit was given under; null: it is redeemed at the daemon. */
  readonly lease: string | null;
  redeemedAt: number | null;
  reporting: Promise<unknown> | null;
};

/** What is in flight by decision, and how many characters of arguments that holds in memory. */
export class FlightTable extends Map<string, LiveFlight> {
  readonly #chars = new Map<string, number>();
  #sum = 0;

  /** The length of all arguments in flight, as JSON. */
  get chars(): number {
    return this.#sum;
  }

  override set(decision: string, flight: LiveFlight): this {
    this.delete(decision);
    const chars = JSON.stringify(flight.call.args).length;
    this.#chars.set(decision, chars);
    this.#sum += chars;
    return super.set(decision, flight);
  }

  override delete(decision: string): boolean {
    this.#sum -= this.#chars.get(decision) ?? 0;
    this.#chars.delete(decision);
    return super.delete(decision);
  }
}
