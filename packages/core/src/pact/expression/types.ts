import { isJsonObject } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { FieldType } from '../document.ts';

/** What a condition may see at a place. `dyn` is checked when it is evaluated. */
export type ValueType =
  | {
      readonly kind: 'string' | 'double' | 'int' | 'bool' | 'timestamp' | 'dyn';
      /** The only values a schema lets stand there, or null. */
      readonly allowed: readonly Json[] | null;
    }
  | { readonly kind: 'list'; readonly of: ValueType }
  | { readonly kind: 'map'; readonly of: ValueType }
  | {
      readonly kind: 'object';
      readonly fields: ReadonlyMap<string, ValueType>;
      /** Whether members besides `fields` may stand there. */
      readonly isOpen: boolean;
    };

/** Anything. */
export const DYN: ValueType = { kind: 'dyn', allowed: null };

/** Text. */
export const TEXT: ValueType = { kind: 'string', allowed: null };

/** A number of JSON. */
export const NUMBER: ValueType = { kind: 'double', allowed: null };

/** An object with exactly these members. */
export function objectOf(fields: Iterable<readonly [string, ValueType]>): ValueType {
  return { kind: 'object', fields: new Map(fields), isOpen: false };
}

/** Returns the type of a declared session attribute or field of a fact. */
export function typeOfField(type: FieldType): ValueType {
  switch (type) {
    case 'string':
    case 'email':
      return TEXT;
    case 'int':
    case 'number':
      return NUMBER;
    case 'bool':
      return { kind: 'bool', allowed: null };
    case 'list<string>':
      return { kind: 'list', of: TEXT };
    default:
      return DYN;
  }
}

const MAX_SCHEMA_DEPTH = 12;

/**
 * Returns the type of the values a JSON Schema describes; `dyn` where the schema does not say, may
 * say null, or goes deeper than twelve levels. An object with `properties` is closed unless
 * `additionalProperties` says otherwise in words.
 */
export function typeOfSchema(schema: Json | undefined, root: JsonObject): ValueType {
  return typeAt(schema, { root, depth: 0 });
}

type Where = { readonly root: JsonObject; readonly depth: number };

function typeAt(schema: Json | undefined, where: Where): ValueType {
  if (!isJsonObject(schema) || where.depth > MAX_SCHEMA_DEPTH) return DYN;
  const inner = { root: where.root, depth: where.depth + 1 };
  if (typeof schema['$ref'] === 'string') return typeAt(refer(schema['$ref'], where.root), inner);
  for (const word of ['anyOf', 'oneOf', 'allOf']) {
    const variants = schema[word];
    if (!Array.isArray(variants)) continue;
    const [only] = variants;
    return variants.length === 1 && schema['properties'] === undefined ? typeAt(only, inner) : DYN;
  }
  return typeOfPlain(schema, inner);
}

function typeOfPlain(schema: JsonObject, inner: Where): ValueType {
  const allowed = allowedBy(schema);
  switch (schema['type'] ?? typeOfValues(allowed)) {
    case 'string':
      return { kind: 'string', allowed };
    case 'number':
    case 'integer':
      return { kind: 'double', allowed };
    case 'boolean':
      return { kind: 'bool', allowed };
    case 'array':
      return { kind: 'list', of: typeAt(schema['items'], inner) };
    case 'object':
      return typeOfObject(schema, inner);
    default:
      return schema['properties'] === undefined ? DYN : typeOfObject(schema, inner);
  }
}

function typeOfObject(schema: JsonObject, inner: Where): ValueType {
  const { properties, additionalProperties } = schema;
  if (!isJsonObject(properties)) {
    return { kind: 'map', of: typeAt(additionalProperties, inner) };
  }
  const fields = Object.entries(properties).map(
    ([name, value]) => [name, typeAt(value, inner)] as const,
  );
  const isOpen = additionalProperties === true || isJsonObject(additionalProperties);
  return { kind: 'object', fields: new Map(fields), isOpen };
}

function allowedBy(schema: JsonObject): readonly Json[] | null {
  if (Array.isArray(schema['enum'])) return schema['enum'];
  return schema['const'] === undefined ? null : [schema['const']];
}

function typeOfValues(allowed: readonly Json[] | null): string | undefined {
  const types = new Set(allowed?.map((value) => typeof value));
  const [only] = types;
  return types.size === 1 && only !== 'object' ? only : undefined;
}

function refer(reference: string, root: JsonObject): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  let value: Json | undefined = root;
  for (const part of reference.split('/').slice(1)) {
    if (!isJsonObject(value)) return undefined;
    value = value[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
}

/**
 * Where a path leads: a type, or the first name that is not there and those that are (null where
 * no member can be).
 */
export type Resolved =
  | { readonly ok: true; readonly type: ValueType }
  | { readonly ok: false; readonly depth: number; readonly known: readonly string[] | null };

/**
 * Returns the type at a path of member names.
 *
 * throughLists: whether a name may select from every element of a list, as argument paths do.
 */
export function resolve(
  type: ValueType,
  names: readonly string[],
  { throughLists }: { readonly throughLists: boolean },
): Resolved {
  let at = type;
  for (const [depth, name] of names.entries()) {
    const next = memberOf(throughLists ? elementOf(at) : at, name);
    if (next === null) return { ok: false, depth, known: namesOf(elementOf(at)) };
    at = next;
  }
  return { ok: true, type: at };
}

function elementOf(type: ValueType): ValueType {
  return type.kind === 'list' ? elementOf(type.of) : type;
}

function memberOf(type: ValueType, name: string): ValueType | null {
  if (type.kind === 'dyn') return DYN;
  if (type.kind === 'map') return type.of;
  if (type.kind !== 'object') return null;
  return type.fields.get(name) ?? (type.isOpen ? DYN : null);
}

function namesOf(type: ValueType): readonly string[] | null {
  return type.kind === 'object' ? [...type.fields.keys()] : null;
}
