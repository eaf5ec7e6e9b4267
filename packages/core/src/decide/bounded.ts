/**
 * Sets an entry of a bounded map. A full map takes no further key: whatever needs the entry is then
 * refused. Returns whether the entry was taken.
 */
export function setBounded<K, V>(
  map: Map<K, V>,
  bound: number,
  [key, value]: readonly [K, V],
): boolean {
  if (map.size >= bound && !map.has(key)) return false;
  map.set(key, value);
  return true;
}
