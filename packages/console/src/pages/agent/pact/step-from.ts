import type { Spot } from './pact-editor.tsx';

/**
 * Returns the next of several places after one, around the end; null where there is none.
 *
 * order: the files in the order they are gone through.
 */
export function stepFrom(
  spots: readonly Spot[],
  from: Spot,
  { order, isBack }: { readonly order: readonly string[]; readonly isBack: boolean },
): Spot | null {
  const compare = (one: Spot, other: Spot): number =>
    order.indexOf(one.file) - order.indexOf(other.file) ||
    one.line - other.line ||
    one.column - other.column;
  const sorted = spots.toSorted(compare);
  if (isBack) return sorted.findLast((spot) => compare(spot, from) < 0) ?? sorted.at(-1) ?? null;
  return sorted.find((spot) => compare(spot, from) > 0) ?? sorted[0] ?? null;
}
