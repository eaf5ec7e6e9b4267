import { randomFillSync } from 'node:crypto';

/** Returns so many random bytes, which are the caller's to keep. */
export type RandomBytes = (size: number) => Uint8Array;

const POOL_BYTES = 8_192;

/** Returns a source of random bytes that asks the system for many at a time. */
export function pooledRandom(): RandomBytes {
  let pool = Buffer.alloc(0);
  let from = 0;
  return (size) => {
    if (from + size > pool.length) {
      // A fresh buffer each time: what was handed out is never written again.
      pool = randomFillSync(Buffer.allocUnsafeSlow(Math.max(POOL_BYTES, size)));
      from = 0;
    }
    from += size;
    return pool.subarray(from - size, from);
  };
}

/** What an id names. */
export type IdKind = 'ses' | 'dec' | 'prm' | 'rev' | 'hlt' | 'lse' | 'clm' | 'exe' | 'drl';

/** Returns an id that sorts by time and cannot be guessed: the kind and 32 hex digits. */
export function makeId(kind: IdKind, nowMs: number, random: RandomBytes): string {
  const time = Math.max(0, nowMs).toString(16).padStart(12, '0').slice(-12);
  return `${kind}_${time}${Buffer.from(random(10)).toString('hex')}`;
}
