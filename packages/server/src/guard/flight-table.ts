import type { LiveFlight } from './live-agent.ts';

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
