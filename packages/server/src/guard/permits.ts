import { timingSafeEqual } from 'node:crypto';

import type { JsonObject, Permit } from '@plumbline/core';

import type { GivenPermit, Outcome } from './guard.ts';
import { done, refuse } from './refusal.ts';

/** Where the time comes from: UTC for what is recorded, monotonic for what must not be set back. */
export type Clocks = { readonly now: () => number; readonly monotonicMs: () => number };

/** What makes a permit void although it is neither used nor expired; null while nothing does. */
export type Standing = (permit: Permit) => string | null;

type Held = {
  readonly permit: Permit;
  readonly secret: Buffer;
  readonly untilMonotonicMs: number;
  /** Under which lease it was given: its holder redeems it, and nobody else; null: no lease. */
  readonly lease: string | null;
  /** The last stop before it was given. */
  readonly stop: number;
  /** What may be done with it; null once it was redeemed or its action was reported. */
  args: JsonObject | null;
  isVoid: boolean;
};

/** A permit whose token was shown, and what may be done with it. */
export type Shown = { readonly permit: Permit; readonly args: JsonObject };

const SECRET_BYTES = 16;

/**
 * The permits of one agent. They live in memory alone, each is redeemed at most once, and what
 * has been forgotten is unknown, so forgetting never lets anything through.
 */
export class PermitTable {
  readonly #held = new Map<string, Held>();
  readonly #clocks: Clocks;
  readonly #most: number;

  constructor(clocks: Clocks, most: number) {
    this.#clocks = clocks;
    this.#most = most;
  }

  /** How many permits are remembered, used and expired ones included. */
  get size(): number {
    return this.#held.size;
  }

  /** Remembers a permit that was issued with its decision. `secret` is 16 random bytes. */
  give(permit: Permit, args: JsonObject, { secret, lastsMs, lease, stop }: Issue): void {
    this.sweep();
    const untilMonotonicMs = this.#clocks.monotonicMs() + lastsMs;
    // Bytes of its own: a slice of the shared pool would keep the whole of it for each permit.
    const own = Buffer.from(new Uint8Array(secret).buffer);
    const kept = { permit, secret: own, untilMonotonicMs, lease, stop };
    const held: Held = { ...kept, args, isVoid: false };
    this.#held.set(permit.id, held);
    const [oldest] = this.#held.size > this.#most ? this.#held.keys() : [];
    if (oldest !== undefined) this.#held.delete(oldest);
  }

  /** Returns the permit as the answer carries it, or null once it is good for nothing. */
  current(id: string, standing: Standing): { given: GivenPermit; args: JsonObject } | null {
    const held = this.#held.get(id);
    if (held === undefined || held.args === null || held.isVoid) return null;
    if (this.#isOver(held) || standing(held.permit) !== null) return null;
    const { epoch, expiresAtMs } = held.permit;
    const token = `${id}.${held.secret.toString('hex')}`;
    const { lease, stop, untilMonotonicMs } = held;
    const lastsMs = Math.max(0, Math.floor(untilMonotonicMs - this.#clocks.monotonicMs()));
    return { given: { id, token, epoch, expiresAtMs, lastsMs, lease, stop }, args: held.args };
  }

  /** Redeems a permit: once, in time, and while it stands. */
  redeem(token: string, standing: Standing): Outcome<Shown> {
    const found = this.look(token, standing);
    const held = found.ok ? this.#held.get(found.value.permit.id) : undefined;
    if (held !== undefined) held.args = null;
    return found;
  }

  /** Returns what a permit is for without using it, or why it could not be redeemed. */
  look(token: string, standing: Standing): Outcome<Shown> {
    const held = this.#find(token);
    if (held === undefined) {
      return refuse('permit-unknown', 'no such permit: ask for the action again');
    }
    if (held.args === null)
      return refuse('permit-used', 'the permit was used: it is good for once');
    if (held.lease !== null) {
      return refuse('permit-void', 'the permit was given under a lease: its holder redeems it');
    }
    if (this.#isOver(held)) {
      return refuse('permit-expired', 'the permit ran out: ask for the action again');
    }
    const why = held.isVoid ? 'it was stopped since' : standing(held.permit);
    if (why !== null) return refuse('permit-void', `the permit is void: ${why}`);
    return done({ permit: held.permit, args: held.args });
  }

  /** Ends a permit whose action was reported without it. */
  end(id: string): void {
    const held = this.#held.get(id);
    if (held !== undefined) held.args = null;
  }

  /** Voids a permit whose action was withdrawn before anybody used it. */
  withdraw(id: string): void {
    const held = this.#held.get(id);
    if (held !== undefined) held.isVoid = true;
  }

  /** Voids the permits of a session, or all, for good: whatever stopped them may be lifted. */
  void(session: string | null): void {
    for (const held of this.#held.values()) {
      if (session === null || held.permit.session === session) held.isVoid = true;
    }
  }

  /** Forgets what ran out. Permits last equally long, so the oldest run out first. */
  sweep(): void {
    const nowMs = this.#clocks.monotonicMs();
    for (const [id, { untilMonotonicMs }] of this.#held) {
      if (untilMonotonicMs + KEPT_AFTER_MS > nowMs) return;
      this.#held.delete(id);
    }
  }

  #find(token: string): Held | undefined {
    const [id = '', secret = ''] = token.split('.', 2);
    const held = this.#held.get(id);
    const shown = Buffer.from(secret, 'hex');
    if (held === undefined || shown.length !== SECRET_BYTES) return undefined;
    return timingSafeEqual(shown, held.secret) ? held : undefined;
  }

  // Both clocks count: one that was set back does not make a permit last longer.
  #isOver({ permit, untilMonotonicMs }: Held): boolean {
    return (
      permit.expiresAtMs <= this.#clocks.now() || untilMonotonicMs <= this.#clocks.monotonicMs()
    );
  }
}

/** What a permit is issued with. */
type Issue = Pick<Held, 'lease' | 'stop'> & {
  readonly secret: Uint8Array;
  readonly lastsMs: number;
};

// A permit that was used or ran out is told apart from one that never was for a while.
const KEPT_AFTER_MS = 60_000;
