import { isJsonObject, type Json, type JsonObject } from '../json.ts';

/** Returns whether a value has a shape. An absent member is undefined. */
export type Shape = (value: Json | undefined) => boolean;

/** Any JSON value, but there. */
export const isAny: Shape = (value) => value !== undefined;

/** Text of any length. */
export const isText: Shape = (value) => typeof value === 'string';

/** Text that names something: 1 to 255 UTF-16 code units. */
export const isName: Shape = (value) => {
  return typeof value === 'string' && value.length > 0 && value.length <= 255;
};

/** A number that is whole and within 2^53 - 1. */
export const isWhole: Shape = (value) => Number.isSafeInteger(value);

/** A count or a moment: whole, and not below zero. */
export const isCount: Shape = (value) => {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
};

/** A JSON object. */
export const isObject: Shape = (value) => isJsonObject(value);

/** `sha256:` and 64 hex digits. */
export const isDigest: Shape = (value) => {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
};

/** Returns the shape of one of some values. */
export function isOneOf(values: readonly Json[]): Shape {
  return (value) => value !== undefined && values.includes(value);
}

/** Returns a shape that null has as well. */
export function orNull(shape: Shape): Shape {
  return (value) => value === null || shape(value);
}

/** Returns a shape that may be absent. */
export function optional(shape: Shape): Shape {
  return (value) => value === undefined || shape(value);
}

/** Returns the shape of a list of any length. */
export function listOf(shape: Shape): Shape {
  return (value) => Array.isArray(value) && value.every((item: Json) => shape(item));
}

/** Returns the shape of an object with these members and no others. */
export function membersOf(shapes: { readonly [key: string]: Shape }): Shape {
  const known = new Map(Object.entries(shapes));
  return (value) => isJsonObject(value) && hasMembers(value, known);
}

function hasMembers(value: JsonObject, known: ReadonlyMap<string, Shape>): boolean {
  for (const key of Object.keys(value)) if (!known.has(key)) return false;
  for (const [key, shape] of known) if (!shape(own(value, key))) return false;
  return true;
}

function own(value: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
