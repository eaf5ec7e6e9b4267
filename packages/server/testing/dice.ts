/** A seeded source of randomness: the same seed gives the same choices on every machine. */
export type Dice = {
  /** Returns a whole number from 0 to `below - 1`. */
  readonly below: (below: number) => number;
  /** Returns true with the given probability. */
  readonly chance: (probability: number) => boolean;
  /** Returns that many bytes. */
  readonly bytes: (length: number) => Uint8Array;
  /** Returns the items in another order. */
  readonly shuffled: <T>(items: readonly T[]) => readonly T[];
};

/** Returns the randomness of a seed. Source: mulberry32, Tommy Ettinger. */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const bytes = (length: number): Uint8Array => {
    const made = new Uint8Array(length);
    for (let at = 0; at < length; at += 1) made[at] = below(256);
    return made;
  };
  const shuffled = <T>(items: readonly T[]): readonly T[] =>
    items
      .map((item) => ({ item, rank: next() }))
      .sort((left, right) => left.rank - right.rank)
      .map(({ item }) => item);
  return { below, chance: (probability) => next() < probability, bytes, shuffled };
}
