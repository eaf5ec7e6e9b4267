import { canonical } from '../../canonical.ts';
import type { Json, JsonObject } from '../../json.ts';

/** Returns whether two values have the same canonical text. A member that is undefined is null. */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (!isComposite(one) || !isComposite(other)) return (one ?? null) === (other ?? null);
  if (isList(one) || isList(other)) return isList(one) && isList(other) && isSameList(one, other);
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(other, key) || !isSame(one[key], other[key])) return false;
  }
  return true;
}

/**
 * Returns whether the canonical text of a value is exactly that text.
 *
 * value: what the text was parsed to. Comparing with it and printing it as it stands costs a third
 * of sorting and printing what was made.
 */
export function isPrintedAs(
  made: Json,
  { value, text }: { readonly value: Json; readonly text: string },
): boolean {
  const isQuick = isSorted(value) && isSame(made, value) && JSON.stringify(value) === text;
  return isQuick || canonical(made) === text;
}

function isSameList(one: readonly Json[], other: readonly Json[]): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (!isSame(one[at], other[at])) return false;
  return true;
}

function isSorted(value: Json | undefined): boolean {
  if (!isComposite(value)) return true;
  if (isList(value)) return value.every(isSorted);
  let before = '';
  for (const key of Object.keys(value)) {
    if (key < before || !isSorted(value[key])) return false;
    before = key;
  }
  return true;
}

function isComposite(value: Json | undefined): value is readonly Json[] | JsonObject {
  return typeof value === 'object' && value !== null;
}

function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}
