import type { Given, ToldStop } from './permit-book.ts';

/** A call that was forwarded and whose report was not answered yet. */
type Flight = {
  readonly session: string;
  readonly tool: string;
  readonly lease: string;
  readonly sinceMs: number;
  readonly controller: AbortController;
};

/** How a call that was told to stop ended. */
export type Ended = { readonly decision: string; readonly end: 'cancelled' | 'finished' };

/** The calls of one enforcement point that are under way. */
export class FlightBook {
  readonly #flights: Map<string, Flight> = new Map();
  #ended: Ended[] = [];

  /** How many calls were forwarded and not reported. */
  get size(): number {
    return this.#flights.size;
  }

  /** Whether calls ended that were told to stop, and nobody asked for them yet. */
  get hasEnded(): boolean {
    return this.#ended.length > 0;
  }

  /** Takes in a call at the moment it is forwarded. */
  begin({ decision, session, tool, lease }: Given, sinceMs: number): AbortController {
    const controller = new AbortController();
    this.#flights.set(decision, {
      session,
      tool,
      lease,
      sinceMs,
      controller,
    });
    return controller;
  }

  /** Notes that a call came to its end. */
  settle(decision: string, isFailed: boolean): void {
    const flight = this.#flights.get(decision);
    if (flight === undefined) return;
    if (!flight.controller.signal.aborted) return;
    this.#ended.push({ decision, end: isFailed ? 'cancelled' : 'finished' });
  }

  /** Returns under which lease a call was forwarded, and how long ago; nothing if it was not. */
  forwarded(
    decision: string,
    nowMs: number,
  ): { readonly forwarded?: { readonly lease: string; readonly msAgo: number } } {
    const flight = this.#flights.get(decision);
    if (flight === undefined) return {};
    const { lease, sinceMs } = flight;
    return { forwarded: { lease, msAgo: Math.max(0, Math.round(nowMs - sinceMs)) } };
  }

  /** Forgets a call whose report was answered. */
  reported(decision: string): void {
    this.#flights.delete(decision);
  }

  /** Cancels what a stop covers. */
  stop({ cancels, sessions, tool }: ToldStop, why: Error): void {
    if (!cancels) return;
    for (const flight of this.#flights.values()) {
      const isOf = sessions === null || sessions.includes(flight.session);
      if (isOf && (tool === null || tool === flight.tool)) flight.controller.abort(why);
    }
  }

  /** Everything that was forwarded and is not reported, for whoever must know. */
  used(): string[] {
    return [...this.#flights.keys()];
  }

  /** Returns how calls ended since the last time. */
  takeEnded(): Ended[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }
}
