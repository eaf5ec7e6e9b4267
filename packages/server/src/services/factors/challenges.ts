import { createHash, randomBytes } from 'node:crypto';
import { canonical, type JsonObject } from '@plumbline/core';

import type { Purpose } from './factors.ts';

/** Challenges that wait for an authenticator's answer. */
export type Challenges = {
  /** Makes a challenge for a person and a purpose; undefined when too many wait. */
  readonly make: (person: string, purpose: Purpose) => Made | undefined;
  /** Uses a challenge up. Returns whether it was made for this person and this purpose. */
  readonly take: (challenge: string, person: string, purpose: Purpose) => boolean;
};

/** A challenge as it is sent, 32 bytes, and until when it is good. */
export type Made = { readonly bytes: Uint8Array; readonly expiresAtMs: number };

/** Within it a person finds their authenticator and touches it. */
export const CHALLENGE_MS: number = 5 * 60_000;
const MOST = 10_000;
const MOST_OF_ONE = 20;

type Waiting = {
  readonly person: string;
  readonly purpose: string;
  readonly expiresAtMs: number;
};

/** Returns challenges in memory: those of before a restart are unknown after it. */
export function makeChallenges(clock: () => number): Challenges {
  const waiting = new Map<string, Waiting>();
  return {
    make: (person, purpose) => {
      forgetExpired(waiting, clock());
      const own = [...waiting.values()].filter((each) => each.person === person);
      if (waiting.size >= MOST || own.length >= MOST_OF_ONE) return undefined;
      const bytes = challengeFor(purpose);
      const expiresAtMs = clock() + CHALLENGE_MS;
      const kept = { person, purpose: digestOf(purpose), expiresAtMs };
      waiting.set(bytes.toString('base64url'), kept);
      return { bytes, expiresAtMs };
    },
    take: (challenge, person, purpose) => {
      const found = waiting.get(challenge);
      if (found?.person !== person) return false;
      waiting.delete(challenge);
      return found.expiresAtMs > clock() && found.purpose === digestOf(purpose);
    },
  };
}

// They were put in by time, so that the first that is good ends the search.
function forgetExpired(waiting: Map<string, Waiting>, now: number): void {
  for (const [challenge, { expiresAtMs }] of waiting) {
    if (expiresAtMs > now) return;
    waiting.delete(challenge);
  }
}

/** What an authenticator signs commits to what it is for, so that the record can show it. */
function challengeFor(purpose: Purpose): Buffer {
  const hash = createHash('sha256').update('plumbline/webauthn/1').update(randomBytes(32));
  return hash.update(digestOf(purpose)).digest();
}

function digestOf({ path, body }: Purpose): string {
  const text = canonical({ path, body: withoutAbsent(body) });
  return createHash('sha256').update(text).digest('hex');
}

// A parsed body may carry members that are undefined, which no JSON has.
function withoutAbsent(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}
