import type { Json, JsonObject } from './json.ts';

/**
 * Returns the canonical JSON text of a value: members sorted by UTF-16 code units, no white space,
 * numbers as ECMAScript prints them. A lone surrogate, which no I-JSON text holds, is escaped.
 *
 * Depth is the caller's to bound.
 * Source: RFC 8785 (JCS) over RFC 7493 (I-JSON).
 */
export function canonical(value: Json): string {
  // The engine's own printing is JCS once members stand in order, and several times faster.
  const placed = inOrder(value);
  return placed === undefined ? canonicalMembers(value) : JSON.stringify(placed);
}

/**
 * Returns the value as reading its canonical JSON gives it: members in order, no negative zero.
 *
 * Whatever is decided on and recorded is put in order first, so that a decision made again from
 * the record looks at everything in the order the first one did.
 */
export function ordered<T extends Json>(value: T): T {
  const placed = inOrder(value);
  // Order and sign of zero apart it is the same value, and so of the same type.
  return (placed === undefined ? JSON.parse(canonicalMembers(value)) : placed) as T;
}

/**
 * Returns the value with every object's members in order: itself where they are already. Undefined
 * when an object would not keep the order members are put in, because a name looks like an index.
 */
function inOrder(value: Json): Json | undefined {
  if (value === 0) return 0;
  if (value === null || typeof value !== 'object') return value;
  return isArray(value) ? listInOrder(value) : objectInOrder(value);
}

function listInOrder(list: readonly Json[]): readonly Json[] | undefined {
  let copy: Json[] | null = null;
  for (let index = 0; index < list.length; index += 1) {
    const before = list[index] ?? null;
    const after = inOrder(before);
    if (after === undefined) return undefined;
    if (!Object.is(after, before)) (copy ??= list.slice())[index] = after;
  }
  return copy ?? list;
}

function objectInOrder(value: JsonObject): JsonObject | undefined {
  const keys = Object.keys(value);
  let isPlaced = areSorted(keys);
  if (!isPlaced) keys.sort();
  const copy: { [key: string]: Json } = {};
  for (const key of keys) {
    if (isOrderedByEngine(key)) return undefined;
    const before = value[key];
    // A member that is undefined prints as null.
    const after = inOrder(before ?? null);
    if (after === undefined) return undefined;
    if (!Object.is(after, before)) isPlaced = false;
    copy[key] = after;
  }
  return isPlaced ? value : copy;
}

function areSorted(keys: readonly string[]): boolean {
  for (let index = 1; index < keys.length; index += 1) {
    if ((keys[index] ?? '') < (keys[index - 1] ?? '')) return false;
  }
  return true;
}

function isOrderedByEngine(key: string): boolean {
  const first = key.charCodeAt(0);
  return (first >= 48 && first <= 57) || key === '__proto__';
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
