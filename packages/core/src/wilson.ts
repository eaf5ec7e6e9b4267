/** A share with its interval; null where there is nothing to divide by. */
export type Share = {
  readonly count: number;
  readonly of: number;
  readonly share: number | null;
  readonly low: number | null;
  readonly high: number | null;
};

/** The 97.5 % quantile of the normal distribution. */
const Z = 1.959963984540054;

/**
 * Returns the share `count / of` with Wilson's 95 % interval, from 0 to 1.
 *
 * Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209–212, without continuity correction.
 */
export function wilson(count: number, of: number): Share {
  if (of === 0) return { count, of, share: null, low: null, high: null };
  const share = count / of;
  const squared = Z * Z;
  const centre = share + squared / (2 * of);
  const spread = Z * Math.sqrt((share * (1 - share)) / of + squared / (4 * of * of));
  const scale = 1 + squared / of;
  return {
    count,
    of,
    share,
    low: Math.max(0, (centre - spread) / scale),
    high: Math.min(1, (centre + spread) / scale),
  };
}
