import { canonical, type JsonObject } from '@plumbline/core';

/** A call that was let through, and what is known of it. */
export type HookFlight = {
  readonly decision: string;
  /** The client's id of the call; null where it gives none. */
  readonly id: string | null;
  readonly tool: string;
  /** What was let through: the arguments as they were proposed, and as they were rewritten. */
  readonly args: readonly JsonObject[];
  readonly by: string | null;
  readonly sinceMs: number;
  /** Whether it was recorded already that nobody knows its end. */
  isUnknown: boolean;
};

const MOST = 2_000;

/** Calls of one conversation that were let through and of which the client said no more yet. */
export class FlightLog {
  readonly #flights = new Map<string, HookFlight>();

  /** Adds one; returns those there is no room for any more, oldest first. */
  add(flight: HookFlight): readonly HookFlight[] {
    this.#flights.set(flight.decision, flight);
    return this.#flights.size <= MOST ? [] : this.#takeOldest();
  }

  /**
   * Takes out the call a client tells the end of: that of its id, or else the oldest of this tool
   * with these arguments.
   */
  take(of: {
    readonly id: string | null;
    readonly tool: string;
    readonly args: JsonObject;
  }): HookFlight | null {
    const key = canonical(of.args);
    for (const flight of this.#flights.values()) {
      const isIt =
        of.id === null
          ? flight.tool === of.tool && flight.args.some((args) => canonical(args) === key)
          : flight.id === of.id;
      if (!isIt) continue;
      this.#flights.delete(flight.decision);
      return flight;
    }
    return null;
  }

  /** Returns those nothing was heard of, which stay: their end may still be told. */
  unheard(is: (flight: HookFlight) => boolean): readonly HookFlight[] {
    return [...this.#flights.values()].filter((flight) => !flight.isUnknown && is(flight));
  }

  #takeOldest(): readonly HookFlight[] {
    const [oldest] = this.#flights.values();
    if (oldest === undefined) return [];
    this.#flights.delete(oldest.decision);
    return oldest.isUnknown ? [] : [oldest];
  }
}
