import { assert } from './assert.ts';
import type { Json, JsonObject } from './json.ts';

/**
 * Returns the canonical JSON text of a value: members sorted by UTF-16 code units, no white space,
 * numbers as ECMAScript prints them.
 *
 * Errors: throws on a non-finite number or a lone surrogate, which no parsed I-JSON value holds.
 * Source: RFC 8785 (JCS) over RFC 7493 (I-JSON).
 */
export function canonical(value: Json): string {
  if (typeof value === 'number') return canonicalNumber(value);
  if (typeof value === 'string') return canonicalString(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (isArray(value)) return `[${value.map(canonical).join(',')}]`;
  return canonicalObject(value);
}

function isArray(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}

function canonicalNumber(value: number): string {
  assert(Number.isFinite(value), 'non-finite number in JSON');
  return JSON.stringify(value);
}

function canonicalString(value: string): string {
  assert(value.isWellFormed(), 'lone surrogate in JSON');
  return JSON.stringify(value);
}

function canonicalObject(value: JsonObject): string {
  const members = Object.keys(value)
    .sort()
    .map((key) => `${canonicalString(key)}:${canonical(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}
