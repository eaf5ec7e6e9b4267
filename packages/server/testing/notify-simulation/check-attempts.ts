import type { Attempt } from './watched.ts';
import type { Expected } from './world.ts';

/** A life that began without all its outbox knew before: what the ledger said by then. */
export type Loss = { readonly life: number; readonly noted: ReadonlySet<string> };

const LONGEST_HOLD_MS = 3_600_000;
const ASIDE_AFTER_MS = 7_200_000;
const LATE_RANK = { halt: 0, bypass: 1 } as const;

/** Holds every attempt against what must hold of it when it is made. */
export class AttemptChecks {
  readonly attempts: Attempt[] = [];
  readonly losses: Loss[] = [];
  readonly faults: string[] = [];
  readonly #expected: readonly Expected[];
  readonly #rankOf = new Map<string, number>();
  /** Until when a service asked not to be asked, by channel; and in which life. */
  readonly #held = new Map<string, { readonly until: number; readonly life: number }>();

  constructor(expected: readonly Expected[]) {
    this.#expected = expected;
  }

  began(attempt: Attempt): void {
    const own = this.attempts.filter(({ channel }) => channel === attempt.channel);
    const inLife = own.filter(({ life }) => life === attempt.life);
    if (inLife.some(({ sent }) => sent === null))
      this.#fault(attempt, 'while another is under way');
    if (own.some((before) => this.#isAgain(before, attempt))) this.#fault(attempt, 'once more');
    const rank = this.#rank(attempt);
    const before = this.#expected.find((each) => this.#goesBefore(each, { attempt, rank }, own));
    if (before !== undefined) {
      this.#fault(attempt, `before the ${before.event} of entry ${before.index}`);
    }
    const held = this.#held.get(attempt.channel);
    const isForgotten = this.losses.some(({ life }) => life > (held?.life ?? 0));
    if (held !== undefined && !isForgotten && attempt.beganAt < held.until) {
      this.#fault(attempt, `${held.until - attempt.beganAt} ms before the service wanted it`);
    }
    this.attempts.push(attempt);
  }

  ended({ channel, life, sent }: Attempt, now: number): void {
    if (sent?.kind !== 'later' || sent.retryAfterMs === null) return;
    const until = now + Math.min(sent.retryAfterMs, LONGEST_HOLD_MS);
    this.#held.set(channel, { until, life });
  }

  #fault({ channel, event, index, key }: Attempt, what: string): void {
    this.faults.push(`${channel} was told ${event} of entry ${index ?? '–'} ${what} (${key})`);
  }

  /** What was taken is told again only where the outbox forgot it, and the ledger did not say so. */
  #isAgain(before: Attempt, attempt: Attempt): boolean {
    if (before.key !== attempt.key || before.sent?.kind !== 'delivered') return false;
    const isForgotten = this.losses.some(({ life, noted }) => {
      return life > before.life && life <= attempt.life && !noted.has(before.key);
    });
    return !isForgotten;
  }

  #goesBefore(
    each: Expected,
    of: { readonly attempt: Attempt; readonly rank: number },
    own: readonly Attempt[],
  ): boolean {
    const { attempt, rank } = of;
    if (!each.isRead || isOf(attempt, each)) return false;
    const isFirst = each.rank < rank || (each.rank === rank && each.at < attempt.at);
    const tries = own.filter((before) => isOf(before, each));
    // What a service answers with failures for so long lets others go before it.
    const isAside = tries.some(({ beganAt }) => attempt.beganAt - beganAt >= ASIDE_AFTER_MS);
    return isFirst && !isAside && !tries.some(({ sent }) => sent?.kind === 'delivered');
  }

  /** What is told of a thread later has the rank of its beginning. */
  #rank(attempt: Attempt): number {
    const { thread, event } = attempt;
    const own = this.#expected.find((each) => isOf(attempt, each))?.rank;
    const known = this.#rankOf.get(thread);
    if (event === 'halt' || event === 'bypass') this.#rankOf.set(thread, LATE_RANK[event]);
    return own ?? known ?? 1;
  }
}

/** Returns whether an attempt is at telling this. */
export function isOf({ event, index }: Attempt, each: Expected): boolean {
  return event === each.event && index === each.index;
}
