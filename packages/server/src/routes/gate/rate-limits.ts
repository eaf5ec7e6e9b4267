import ipaddr from 'ipaddr.js';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

import type { Config } from '../../config/config.ts';
import type { Problem } from '../problem.ts';

/** Counts what may not be done too often. */
export type RateLimits = {
  /** Counts one request of a key; null while it may. */
  readonly spend: (key: string) => Promise<Problem | null>;
  /** Counts one wrong key from an address; null while it may still be told what was wrong. */
  readonly guess: (address: string) => Promise<Problem | null>;
};

/** Returns limits per minute. Counts are forgotten after a minute, so memory stays bounded. */
export function createRateLimits(limits: Config['limits']): RateLimits {
  const requests = new RateLimiterMemory({ points: limits.requestsPerMinute, duration: 60 });
  const guesses = new RateLimiterMemory({ points: limits.badKeysPerMinute, duration: 60 });
  return {
    spend: (key) => consume(requests, key),
    guess: (address) => consume(guesses, networkOf(address)),
  };
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<Problem | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
    return { code: 'rate-limited', detail: 'wait before the next request', retryAfterSeconds };
  }
}

/** Whoever has one address of IPv6 has the /64 around it. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return parsed.toByteArray().slice(0, 8).join('.');
}
