import type { Json, JsonObject } from '@plumbline/core';

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the value at a dotted path through objects, or undefined when there is none. */
export function valueAt(args: Json, path: string): Json | undefined {
  let here: Json | undefined = args;
  for (const name of path.split('.')) {
    if (!isObject(here) || !Object.hasOwn(here, name)) return undefined;
    here = here[name];
  }
  return here;
}

/** Returns every string and number inside a value, in document order. */
export function scalarsIn(value: Json | undefined): readonly (string | number)[] {
  if (typeof value === 'string' || typeof value === 'number') return [value];
  if (value === undefined || value === null || typeof value === 'boolean') return [];
  return (isList(value) ? value : Object.values(value)).flatMap(scalarsIn);
}

/** Returns every string and number of a value with its dotted path; list indices are left out. */
export function fieldsIn(value: Json, path: string = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string' || typeof value === 'number') return [[path, String(value)]];
  if (value === null || typeof value === 'boolean') return [];
  if (isList(value)) return value.flatMap((element) => fieldsIn(element, path));
  return Object.entries(value).flatMap(([name, member]) =>
    fieldsIn(member, path === '' ? name : `${path}.${name}`),
  );
}

/** Returns the value with the member at a path replaced, or removed when `to` is undefined. */
export function withValueAt(args: JsonObject, path: string, to: Json | undefined): JsonObject {
  const [name = '', ...rest] = path.split('.');
  const members = Object.entries(args).filter(([key]) => key !== name);
  const old = args[name];
  const member = rest.length === 0 ? to : withValueAt(isObject(old) ? old : {}, rest.join('.'), to);
  const had = Object.hasOwn(args, name);
  if (member === undefined) return Object.fromEntries(members);
  if (!had) return { ...args, [name]: member };
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => [key, key === name ? member : value]),
  );
}

/** Returns how deep a value nests: 0 for a scalar, 1 for `{}`. */
export function depthOf(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members = isList(value) ? value : Object.values(value);
  return 1 + members.reduce((most: number, member) => Math.max(most, depthOf(member)), 0);
}
