import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import { CHALLENGE_MS } from './challenges.ts';

/** Challenges for whoever asks: nobody is known yet, so that none of them is remembered. */
export type OpenChallenges = {
  readonly make: () => { readonly bytes: Uint8Array; readonly expiresAtMs: number };
  /** Uses a challenge up. Returns whether it was made here, is not over, and was not used. */
  readonly take: (challenge: string) => boolean;
};

const HEAD_BYTES = 32;
const TIME_BYTES = 6;

/**
 * Returns challenges that carry their own time and are signed with a key of this run. Only those
 * that were answered are remembered, until they are over: asking for many fills nothing.
 */
export function makeOpenChallenges(clock: () => number): OpenChallenges {
  const key = randomBytes(32);
  const used = new Map<string, number>();
  const macOf = (head: Uint8Array): Buffer => createHmac('sha256', key).update(head).digest();
  return {
    make: () => {
      const expiresAtMs = clock() + CHALLENGE_MS;
      const head = randomBytes(HEAD_BYTES);
      head.writeUIntBE(expiresAtMs, 0, TIME_BYTES);
      return { bytes: Buffer.concat([head, macOf(head)]), expiresAtMs };
    },
    take: (challenge) => {
      const bytes = Buffer.from(challenge, 'base64url');
      if (bytes.length !== HEAD_BYTES * 2 || used.has(challenge)) return false;
      const head = bytes.subarray(0, HEAD_BYTES);
      if (!timingSafeEqual(macOf(head), bytes.subarray(HEAD_BYTES))) return false;
      const expiresAtMs = head.readUIntBE(0, TIME_BYTES);
      const now = clock();
      for (const [each, untilMs] of used) if (untilMs <= now) used.delete(each);
      if (expiresAtMs <= now) return false;
      used.set(challenge, expiresAtMs);
      return true;
    },
  };
}
