import type { JsonObject } from '@plumbline/core';

/** A permit that may be redeemed here. Times are monotonic, in ms. */
export type Given = {
  readonly permit: string;
  readonly decision: string;
  readonly session: string;
  readonly tool: string;
  readonly args: JsonObject;
  readonly lease: string;
  /** The last stop before it was given. */
  readonly stop: number;
  readonly untilMs: number;
};

/** What an enforcement point is told of a stop. Source: spec/api/README.md, "Leases". */
export type ToldStop = {
  readonly stop: number;
  readonly cancels: boolean;
  readonly voidsAll: boolean;
  readonly sessions: readonly string[] | null;
  readonly tool: string | null;
};

const MOST = 10_000;

/**
 * The permits an enforcement point holds. Each is taken once, in time, and while no stop came
 * after it was given, in whatever order the two arrived.
 */
export class PermitBook {
  readonly #given: Map<string, Given> = new Map();
  readonly #used: Set<string> = new Set();
  #voidBefore = 0;
  readonly #voidOf: Map<string, number> = new Map();

  /** Takes a permit in; one that was used is not taken in again. */
  add(given: Given): void {
    if (this.#used.has(given.permit)) return;
    this.#given.set(given.permit, given);
    const [oldest] = this.#given.size > MOST ? this.#given.keys() : [];
    if (oldest !== undefined) this.#given.delete(oldest);
  }

  /** Voids what a stop voids. */
  stop({ stop, voidsAll, sessions }: ToldStop): void {
    if (voidsAll || sessions === null) {
      this.#voidBefore = Math.max(this.#voidBefore, stop);
      return;
    }
    for (const session of sessions) this.#voidOf.set(session, stop);
    if (this.#voidOf.size <= MOST) return;
    // What is forgotten voids everything rather than nothing.
    this.#voidBefore = Math.max(this.#voidBefore, stop);
    this.#voidOf.clear();
  }

  /** Forgets everything: permits of a lease that ended are good for nothing. */
  clear(): void {
    this.#given.clear();
    this.#used.clear();
    this.#voidOf.clear();
    this.#voidBefore = 0;
  }

  /** Takes a permit out, for good, or says why it cannot be used. */
  take(permit: string, nowMs: number): Given | 'permit-unknown' | 'permit-expired' | 'permit-void' {
    const given = this.#given.get(permit);
    if (given === undefined) return 'permit-unknown';
    this.#given.delete(permit);
    if (given.untilMs <= nowMs) return 'permit-expired';
    const voidBefore = Math.max(this.#voidBefore, this.#voidOf.get(given.session) ?? 0);
    if (given.stop < voidBefore) return 'permit-void';
    this.#used.add(permit);
    const [oldest] = this.#used.size > 2 * MOST ? this.#used : [];
    if (oldest !== undefined) this.#used.delete(oldest);
    return given;
  }
}
