import type { Clocks } from '../permits.ts';
import type { HolderView } from './view.ts';

/** An enforcement point that may redeem permits itself, for a while. */
export type Lease = HolderView & {
  /** The caller that took it: nobody else may use it. */
  readonly by: string;
  /** What it ends itself beside calls, such as processes; it acknowledges once it has. */
  readonly executors: readonly string[];
  /** The session it acts for; null: any of its agent. */
  readonly session: string | null;
  /** On the daemon's monotonic clock. */
  untilMs: number;
  /** The last stop it acknowledged. */
  acknowledged: number;
};

const MOST_LEASES = 1_000;
const MOST_OF_AN_AGENT = 100;

/** The leases of every agent. They live in memory alone and end with the daemon. */
export class LeaseTable {
  readonly #held = new Map<string, Lease>();
  readonly #clocks: Clocks;
  readonly #lastsMs: number;

  constructor(clocks: Clocks, lastsMs: number) {
    this.#clocks = clocks;
    this.#lastsMs = lastsMs;
  }

  /** How long a lease lasts without renewal, in ms. */
  get lastsMs(): number {
    return this.#lastsMs;
  }

  /** Takes a lease in; false when there are too many. */
  take(lease: Omit<Lease, 'untilMs'>): boolean {
    if (this.of(lease.agent).length >= MOST_OF_AN_AGENT) return false;
    if (this.#held.size >= MOST_LEASES) return false;
    this.#held.set(lease.lease, { ...lease, untilMs: this.#until() });
    return true;
  }

  /** Returns a lease of an agent and a caller while it lasts. */
  find(of: { readonly agent: string; readonly lease: string; readonly by: string }): Lease | null {
    const lease = this.#held.get(of.lease);
    if (lease === undefined || lease.agent !== of.agent || lease.by !== of.by) return null;
    return this.isOver(lease) ? null : lease;
  }

  /** Makes a lease last from now on. */
  renew(lease: Lease): void {
    lease.untilMs = this.#until();
  }

  /** Ends a lease at once. */
  giveUp(lease: Lease): void {
    lease.untilMs = 0;
    this.#held.delete(lease.lease);
  }

  /** Returns the leases of an agent that last. */
  of(agent: string): readonly Lease[] {
    this.sweep();
    return [...this.#held.values()].filter((lease) => lease.agent === agent);
  }

  /** Returns the names of those that hold a lease that lasts, by agent. */
  names(): ReadonlyMap<string, readonly string[]> {
    this.sweep();
    const names = new Map<string, string[]>();
    for (const { agent, name } of this.#held.values()) {
      names.set(agent, [...(names.get(agent) ?? []), name]);
    }
    return names;
  }

  /** Returns whether a lease ran out. */
  isOver({ untilMs }: Lease): boolean {
    return untilMs <= this.#clocks.monotonicMs();
  }

  /** Forgets what ran out. */
  sweep(): void {
    for (const [id, lease] of this.#held) if (this.isOver(lease)) this.#held.delete(id);
  }

  #until(): number {
    return this.#clocks.monotonicMs() + this.#lastsMs;
  }
}
