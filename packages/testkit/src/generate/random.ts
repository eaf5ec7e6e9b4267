/** A seeded source of randomness: the same seed gives the same choices on every machine. */
export type Random = {
  /** Returns a whole number from 0 to `below - 1`. */
  readonly below: (below: number) => number;
  /** Returns true with the given probability. */
  readonly chance: (probability: number) => boolean;
  /** Returns one of the items. */
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
  /** Returns the items that a coin of the given probability keeps, in order. */
  readonly some: <T>(items: readonly T[], probability: number) => readonly T[];
  /** Returns that many bytes. */
  readonly bytes: (length: number) => Uint8Array;
  /** Returns the items in another order. */
  readonly shuffled: <T>(items: readonly T[]) => readonly T[];
};

/** Returns the randomness of a seed. Source: mulberry32, Tommy Ettinger. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const chance = (probability: number): boolean => next() < probability;
  return {
    below,
    chance,
    pick: (items) => items[below(items.length)] ?? items[0],
    some: (items, probability) => items.filter(() => chance(probability)),
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
    shuffled: (items) =>
      items
        .map((item) => ({ item, rank: next() }))
        .sort((left, right) => left.rank - right.rank)
        .map(({ item }) => item),
  };
}

/** Returns the seed of the case at an index of a run. */
export function seedAt(seed: number, index: number): number {
  return (Math.imul(seed, 0x9e3779b1) + Math.imul(index, 0x85ebca6b)) >>> 0;
}
