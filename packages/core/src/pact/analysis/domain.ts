import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { FieldType } from '../document.ts';
import type { Scalar, Segments } from './formula.ts';

/** The kinds of JSON value; `number` includes integers. */
export type Kind = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

/**
 * What a path can hold: a superset of what its schema admits.
 *
 * `values`, when set, lists everything it can hold besides being absent. `isBreakable` says that
 * what holds the path can itself be missing.
 */
export type Domain = {
  readonly kinds: ReadonlySet<Kind>;
  readonly values: readonly Scalar[] | null;
  readonly isOptional: boolean;
  readonly isBreakable: boolean;
  readonly least: number;
  readonly most: number;
  readonly shortest: number;
  readonly longest: number;
  readonly format: string | null;
  readonly items: Domain | null;
};

const allKinds: ReadonlySet<Kind> = new Set<Kind>([
  'string',
  'number',
  'boolean',
  'array',
  'object',
  'null',
]);

/** A path nothing is known of. */
export const anything: Domain = {
  kinds: allKinds,
  values: null,
  isOptional: true,
  isBreakable: true,
  least: -Infinity,
  most: Infinity,
  shortest: 0,
  longest: Infinity,
  format: null,
  items: null,
};

/** Returns the domain of a string that is always there. */
export function textDomain(values: readonly string[] | null): Domain {
  return {
    ...anything,
    kinds: new Set<Kind>(['string']),
    values,
    isOptional: false,
    isBreakable: false,
  };
}

const fieldKinds: { readonly [type in FieldType]: Kind } = {
  string: 'string',
  email: 'string',
  int: 'integer',
  number: 'number',
  bool: 'boolean',
  'list<string>': 'array',
};

/** Returns the domain of an attested attribute, or of a fact's field, of a declared type. */
export function fieldDomain(type: FieldType, isOptional: boolean): Domain {
  const base = { ...anything, kinds: new Set([fieldKinds[type]]), isOptional };
  const format = type === 'email' ? 'email' : null;
  const items = type === 'list<string>' ? textDomain(null) : null;
  return { ...base, isBreakable: false, format, items };
}

/** Returns the domain of a path into a tool's arguments; `path` starts below `args`. */
export function argumentDomain(schema: JsonObject | null, path: Segments): Domain {
  let at: Json | undefined = schema ?? undefined;
  let isOptional = false;
  let isBreakable = false;
  for (const name of path) {
    const parent: JsonObject | null = resolved(at, schema);
    isBreakable ||= isOptional || !holdsObjects(parent);
    isOptional = !isRequired(parent, name);
    at = memberOf(parent, name);
  }
  const domain = valueDomain(resolved(at, schema), schema);
  return { ...domain, isOptional, isBreakable: isBreakable && path.length > 1 };
}

function holdsObjects(schema: JsonObject | null): boolean {
  return schema?.['type'] === 'object';
}

function isRequired(schema: JsonObject | null, name: string): boolean {
  const required = schema?.['required'];
  return Array.isArray(required) && required.includes(name);
}

function memberOf(schema: JsonObject | null, name: string): Json | undefined {
  const properties = schema?.['properties'];
  return isJsonObject(properties) ? properties[name] : undefined;
}

/** Follows local references; anything else a reference could mean is left open. */
function resolved(schema: Json | undefined, root: JsonObject | null): JsonObject | null {
  let at = isJsonObject(schema) ? schema : null;
  for (let hops = 0; at !== null && typeof at['$ref'] === 'string'; hops += 1) {
    if (hops > 8) return null;
    at = pointed(at['$ref'], root);
  }
  return at;
}

function pointed(reference: string, root: JsonObject | null): JsonObject | null {
  if (!reference.startsWith('#/')) return null;
  let at: Json | undefined = root ?? undefined;
  for (const name of reference.slice(2).split('/')) {
    const member: string = name.replaceAll('~1', '/').replaceAll('~0', '~');
    at = isJsonObject(at) ? at[member] : undefined;
  }
  return isJsonObject(at) ? at : null;
}

function valueDomain(schema: JsonObject | null, root: JsonObject | null): Domain {
  if (schema === null) return anything;
  const branches = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(branches)) {
    return united(
      branches.map((branch: Json) => valueDomain(resolved(branch, root), root)),
      schema,
    );
  }
  const items = isJsonObject(schema['items'])
    ? { ...valueDomain(resolved(schema['items'], root), root), isOptional: false }
    : null;
  return {
    ...anything,
    kinds: withNull(kindsOf(schema['type']), schema),
    values: valuesOf(schema),
    ...boundsOf(schema),
    format: typeof schema['format'] === 'string' ? schema['format'] : null,
    items,
  };
}

/** The kinds of any branch. Bounds of branches are left open, which only widens the domain. */
function united(branches: readonly Domain[], schema: JsonObject): Domain {
  const kinds = new Set(branches.flatMap((branch) => [...branch.kinds]));
  const lists = branches.map((branch) => (isOnly(branch, 'null') ? [null] : branch.values));
  const values = lists.every((list) => list !== null) ? lists.flat() : null;
  const items = branches.filter((branch) => branch.kinds.has('array'));
  return {
    ...anything,
    kinds: schema['type'] === undefined ? kinds : kindsOf(schema['type']),
    values: valuesOf(schema) ?? values,
    format: branches.find((branch) => branch.format !== null)?.format ?? null,
    items: items.length === 1 ? (items[0]?.items ?? null) : null,
  };
}

function isOnly(domain: Domain, kind: Kind): boolean {
  return domain.kinds.size === 1 && domain.kinds.has(kind);
}

function kindsOf(type: Json | undefined): ReadonlySet<Kind> {
  const named = Array.isArray(type) ? type : [type];
  const kinds: Kind[] = [];
  for (const name of named) {
    if (!isKind(name)) return allKinds;
    kinds.push(name);
  }
  return new Set(kinds);
}

/** OpenAPI's `nullable` adds null to the named type. */
function withNull(kinds: ReadonlySet<Kind>, schema: JsonObject): ReadonlySet<Kind> {
  return schema['nullable'] === true ? new Set([...kinds, 'null' as const]) : kinds;
}

function isKind(name: unknown): name is Kind {
  return name === 'integer' || [...allKinds].some((kind) => kind === name);
}

function valuesOf(schema: JsonObject): readonly Scalar[] | null {
  const listed = schema['const'] === undefined ? schema['enum'] : [schema['const']];
  if (!Array.isArray(listed)) return null;
  const values: Scalar[] = [];
  for (const value of listed) {
    if (typeof value === 'object' && value !== null) return null;
    values.push(value);
  }
  return values;
}

type Bounds = Pick<Domain, 'least' | 'most' | 'shortest' | 'longest'>;

function boundsOf(schema: JsonObject): Bounds {
  const isList = schema['type'] === 'array';
  return {
    least: numberAt(schema, 'minimum') ?? numberAt(schema, 'exclusiveMinimum') ?? -Infinity,
    most: numberAt(schema, 'maximum') ?? numberAt(schema, 'exclusiveMaximum') ?? Infinity,
    shortest: numberAt(schema, isList ? 'minItems' : 'minLength') ?? 0,
    longest: numberAt(schema, isList ? 'maxItems' : 'maxLength') ?? Infinity,
  };
}

function numberAt(schema: JsonObject, name: string): number | undefined {
  const value = schema[name];
  return typeof value === 'number' ? value : undefined;
}
