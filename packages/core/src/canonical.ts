import type { Json, JsonObject } from './json.ts';

/**
 * Returns the canonical JSON text of a value: members sorted by UTF-16 code units, no white space,
 * numbers as ECMAScript prints them. A lone surrogate, which no I-JSON text holds, is escaped.
 *
 * Depth is the caller's to bound.
 * Source: RFC 8785 (JCS) over RFC 7493 (I-JSON).
 */
export function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonical).join(',')}]`;
  return canonicalObject(value);
}

function isArray(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}

function canonicalObject(value: JsonObject): string {
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}
