import type { JsonObject } from '@plumbline/core';
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';

import type { AskKeys } from './key-places.ts';

/** The keys could not be had: nothing can be said of a token. */
export class KeysUnavailable extends Error {}

/** How long keys are used, in ms of a clock that only goes forward. */
export type KeyTimes = {
  readonly freshMs: number;
  readonly staleMs: number;
  readonly monotonicMs: () => number;
};

/** How long nobody asks again after the last time, however many unknown keys are named. */
const REST_MS = 30_000;
/** The same while there are no keys that may be used. */
const EMPTY_REST_MS = 2_000;

type Held = { readonly find: JWTVerifyGetKey; readonly askedAt: number };

/**
 * Returns what finds the key a token names, among those its issuer publishes.
 *
 * Contract:
 * - Keys are asked for when there are none, when they are older than `freshMs`, and when a token
 *   names one that is not among them: then at most every 30 seconds. Of many callers one asks.
 * - While the issuer does not answer, keys are used up to `staleMs` after they were asked for;
 *   then it throws `KeysUnavailable`, until the issuer answers.
 * - A key that is not published any more is gone with the next answer.
 */
export function keySet(ask: AskKeys, times: KeyTimes): JWTVerifyGetKey {
  let held: Held | null = null;
  let triedAt = -Infinity;
  let asking: Promise<void> | null = null;
  let why = 'it was not asked yet';

  const refresh = (): Promise<void> => {
    asking ??= (async () => {
      triedAt = times.monotonicMs();
      const published = await ask();
      if (published.ok) held = { find: finder(published.keys), askedAt: triedAt };
      else why = published.message;
    })().finally(() => {
      asking = null;
    });
    return asking;
  };
  const ageOf = (of: Held | null): number =>
    of === null ? Infinity : times.monotonicMs() - of.askedAt;
  const mayAsk = (): boolean => {
    const restMs = ageOf(held) < times.staleMs ? REST_MS : EMPTY_REST_MS;
    return asking !== null || times.monotonicMs() - triedAt >= restMs;
  };
  const usable = (): Held => {
    if (held !== null && ageOf(held) < times.staleMs) return held;
    throw new KeysUnavailable(`its keys cannot be had: ${why}`);
  };
  return async (header, token) => {
    if (ageOf(held) >= times.freshMs && mayAsk()) await refresh();
    const before = usable();
    try {
      return await before.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !mayAsk()) throw error;
      await refresh();
      return usable().find(header, token);
    }
  };
}

// What a token says of its own key beside the key's name is never looked at.
function finder(keys: readonly JsonObject[]): JWTVerifyGetKey {
  // Members of a key are checked by the library when the key is used.
  const find = createLocalJWKSet({ keys: keys as { kty: string }[] });
  return ({ alg, kid }) => find(kid === undefined ? { alg } : { alg, kid });
}
