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

/** Returns every string and number at a dotted path; lists are followed into every element. */
export function scalarsAt(value: Json | undefined, path: string): readonly (string | number)[] {
  if (path === '' || value === undefined || value === null) return scalarsIn(value);
  if (typeof value !== 'object') return [];
  if (isList(value)) return value.flatMap((element) => scalarsAt(element, path));
  const [name = '', ...rest] = path.split('.');
  return Object.hasOwn(value, name) ? scalarsAt(value[name], rest.join('.')) : [];
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

/**
 * Returns the arguments with the value at a path replaced by what `to` makes of it (undefined:
 * removed). Lists on the way are followed into every element; an absent member is `undefined`, and
 * is made, with the objects it needs, only when `to` gives it a value.
 */
export function withValueAt(
  args: JsonObject,
  path: string,
  to: (old: Json | undefined) => Json | undefined,
): JsonObject {
  const [name = '', ...rest] = path.split('.');
  const old = Object.hasOwn(args, name) ? args[name] : undefined;
  const member = rest.length === 0 ? to(old) : below(old, rest.join('.'), to);
  if (member === undefined) {
    return Object.fromEntries(Object.entries(args).filter(([key]) => key !== name));
  }
  return { ...args, [name]: member };
}

function below(
  value: Json | undefined,
  path: string,
  to: (old: Json | undefined) => Json | undefined,
): Json | undefined {
  if (value === undefined) {
    const made = withValueAt({}, path, to);
    return Object.keys(made).length === 0 ? undefined : made;
  }
  if (isObject(value)) return withValueAt(value, path, to);
  return value !== null && typeof value === 'object' && isList(value)
    ? value.map((element) => below(element, path, to) ?? null)
    : value;
}

/** Returns how deep a value nests: 0 for a scalar, 1 for `{}`. */
export function depthOf(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members = isList(value) ? value : Object.values(value);
  return 1 + members.reduce((most: number, member) => Math.max(most, depthOf(member)), 0);
}
