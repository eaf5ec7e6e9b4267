import type { Json, JsonObject } from './json.ts';

/**
 * Returns the canonical JSON text of a value: members sorted by UTF-16 code units, no white space,
 * numbers as ECMAScript prints them. A lone surrogate, which no I-JSON text holds, is escaped.
 *
 * Depth is the caller's to bound.
 * Source: RFC 8785 (JCS) over RFC 7493 (I-JSON).
 */
export function canonical(value: Json): string {
  // The engine's own printing is JCS for what is sorted, and several times faster.
  if (isSorted(value)) return JSON.stringify(value);
  return canSort(value) ? JSON.stringify(sorted(value)) : canonicalMembers(value);
}

/** Returns whether all members stand in order already; one that is undefined must print as null. */
function isSorted(value: Json | undefined): boolean {
  if (value === undefined) return false;
  if (value === null || typeof value !== 'object') return true;
  if (isArray(value)) return value.every(isSorted);
  let before = '';
  for (const key of Object.keys(value)) {
    if (key < before || !isSorted(value[key])) return false;
    before = key;
  }
  return true;
}

/** Returns whether objects keep the order members are put in: no name looks like an index. */
function canSort(value: Json | undefined): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (isArray(value)) return value.every(canSort);
  return Object.keys(value).every((key) => !isOrderedByEngine(key) && canSort(value[key]));
}

function isOrderedByEngine(key: string): boolean {
  const first = key.charCodeAt(0);
  return (first >= 48 && first <= 57) || key === '__proto__';
}

function sorted(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (isArray(value)) return value.map(sorted);
  const copy: { [key: string]: Json } = {};
  for (const key of Object.keys(value).sort()) copy[key] = sorted(value[key] ?? null);
  return copy;
}

function canonicalMembers(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalMembers).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalMembers(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

function isArray(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}
