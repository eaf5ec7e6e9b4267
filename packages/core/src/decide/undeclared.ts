import { isJsonObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

/**
 * Returns the path of the first argument that a tool's schema does not declare, or null.
 *
 * A schema declares the names under `properties`, and every other name when it lists none or when
 * its `additionalProperties` is other than false: by default it is, except at the top. Schemas
 * behind references and alternatives are not followed.
 * Source: spec/decide.md, section "Action".
 */
export function undeclaredPath(schema: Json | undefined, value: Json, path = ''): string | null {
  if (!isJsonObject(schema)) return null;
  if (Array.isArray(value)) {
    return firstOf(value, (item) => undeclaredPath(schema['items'], item, path));
  }
  return isJsonObject(value) ? undeclaredMember(schema, value, path) : null;
}

function undeclaredMember(schema: JsonObject, value: JsonObject, path: string): string | null {
  const { properties, additionalProperties = path !== '' } = schema;
  if (!isJsonObject(properties)) return null;
  return firstOf(Object.keys(value), (name) => {
    const at = path === '' ? name : `${path}.${name}`;
    if (!Object.hasOwn(properties, name)) return additionalProperties === false ? at : null;
    return undeclaredPath(properties[name], value[name] ?? null, at);
  });
}

function firstOf<T>(values: readonly T[], find: (value: T) => string | null): string | null {
  for (const value of values) {
    const found = find(value);
    if (found !== null) return found;
  }
  return null;
}
