import ipaddr from 'ipaddr.js';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

import type { Config } from '../../config/config.ts';
import type { Problem } from '../problem.ts';

/** How many requests and wrong keys there may be. */
export type RequestLimits = Pick<Config['limits'], 'requestsPerMinute' | 'badKeysPerMinute'>;

/** Counts what may not be done too often. */
export type RateLimits = {
  /** Counts one request of a key; null while it may. */
  readonly spend: (key: string, now: number) => Problem | null;
  /** Counts one wrong key from an address; null while it may still be told what was wrong. */
  readonly guess: (address: string) => Promise<Problem | null>;
};

/** Returns limits per minute. Counts are forgotten after a minute, so memory stays bounded. */
export function createRateLimits(limits: RequestLimits): RateLimits {
  const guesses = new RateLimiterMemory({ points: limits.badKeysPerMinute, duration: 60 });
  return {
    spend: createSpending(limits.requestsPerMinute),
    guess: (address) => consume(guesses, networkOf(address)),
  };
}

const MINUTE_MS = 60_000;
const MOST_WINDOWS = 200_000;

// Only who is known is counted here: there are as many counts as keys, and as people of issuers;
// what ran out goes when there are many. It is one step, not a promise, because every decision
// passes it.
function createSpending(perMinute: number): RateLimits['spend'] {
  const windows = new Map<string, { count: number; readonly until: number }>();
  return (key, now) => {
    const window = windows.get(key);
    if (window === undefined || window.until <= now) {
      if (windows.size >= MOST_WINDOWS) forgetPast(windows, now);
      windows.set(key, { count: 1, until: now + MINUTE_MS });
      return null;
    }
    window.count += 1;
    return window.count <= perMinute ? null : slowDown(window.until - now);
  };
}

function forgetPast(windows: Map<string, { readonly until: number }>, now: number): void {
  for (const [key, { until }] of windows) if (until <= now) windows.delete(key);
}

function slowDown(waitMs: number): Problem {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  return { code: 'rate-limited', detail: 'wait before the next request', retryAfterSeconds };
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<Problem | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    return slowDown(error.msBeforeNext);
  }
}

/** Whoever has one address of IPv6 has the /64 around it. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return parsed.toByteArray().slice(0, 8).join('.');
}
