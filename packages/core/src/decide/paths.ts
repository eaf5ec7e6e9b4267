import { isJsonObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

/** Returns the value at a dotted path of member names, or undefined where a member is absent. */
export function valueAt(args: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = args;
  for (const name of path.split('.')) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** What `updateAt` puts in place of a value; undefined removes it. */
export type Update = (value: Json) => Json | undefined;

/**
 * Returns the object with the value at a dotted path replaced; the same object where the path is
 * absent or nothing changes. Lists on the way (not at the end) are updated element by element.
 */
export function updateAt(object: JsonObject, path: readonly string[], update: Update): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined || !Object.hasOwn(object, name)) return object;
  const before = object[name] ?? null;
  const after = rest.length === 0 ? update(before) : updateBelow(before, rest, update);
  if (after === before) return object;
  return after === undefined ? without(object, name) : { ...object, [name]: after };
}

function updateBelow(value: Json, path: readonly string[], update: Update): Json {
  if (isJsonObject(value)) return updateAt(value, path, update);
  if (!Array.isArray(value)) return value;
  const after = value.map((element: Json) => updateBelow(element, path, update));
  return after.some((element, index) => element !== value[index]) ? after : value;
}

function without(object: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

/** Returns the dotted paths (no list indices) of every string or number in the arguments. */
export function leafPaths(args: JsonObject): readonly string[] {
  const paths = new Set<string>();
  collectPaths(args, '', paths);
  return [...paths];
}

function collectPaths(value: Json, path: string, into: Set<string>): void {
  if (Array.isArray(value)) value.forEach((element: Json) => collectPaths(element, path, into));
  else if (isJsonObject(value)) collectMembers(value, path, into);
  else if (typeof value === 'string' || typeof value === 'number') into.add(path);
}

function collectMembers(object: JsonObject, path: string, into: Set<string>): void {
  for (const [name, value] of Object.entries(object)) {
    collectPaths(value, path === '' ? name : `${path}.${name}`, into);
  }
}
