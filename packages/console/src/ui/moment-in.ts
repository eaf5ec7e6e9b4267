/**
 * Returns the moment that a date field holds, in the reader's zone, as milliseconds UTC; null where
 * it holds none.
 */
export function momentIn(text: string): number | null {
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
