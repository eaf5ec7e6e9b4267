import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { Scope } from '../compiled.ts';
import type { Held } from './formula.ts';
import type { Knowledge } from './outcome.ts';

/** What an example is an action of. */
export type WitnessOf = {
  readonly tool: string;
  readonly agent: string;
  readonly schema: JsonObject | null;
};

type Draft = { [name: string]: Json };

/**
 * Returns what conditions see of the action some known values make: the values at their paths, and
 * plausible ones wherever the schema requires a value the conditions do not ask about.
 */
export function witnessScope(known: Knowledge, { tool, agent, schema }: WitnessOf): Scope {
  const root: Draft = {};
  for (const [key, held] of known.held) place(root, segmentsOf(key), held);
  const args = completed(objectAt(root, 'args'), schema, { root: schema, depth: 0 });
  return {
    args: isJsonObject(args) ? args : {},
    tool,
    session: objectAt(root, 'session'),
    principal: textAt(root, 'principal') ?? 'example-principal',
    agent,
    task: textAt(root, 'task') ?? '',
    facts: factsOf(objectAt(root, 'facts')),
    counters: {},
    sources: {},
    now: new Date(0),
  };
}

/** Returns the segments `keyOf` made a key of. */
export function segmentsOf(key: string): readonly string[] {
  const segments = key.match(/(?:\\.|[^.\\])+/g) ?? [];
  return segments.map((segment) => segment.replaceAll(/\\(.)/g, '$1'));
}

function place(root: Draft, path: readonly string[], held: Held): void {
  const parents = held.kind === 'broken' ? [] : path.slice(0, -1);
  let at = root;
  for (const name of parents) {
    const next: Draft = { ...objectAt(at, name) };
    at[name] = next;
    at = next;
  }
  const last = path.at(-1);
  if (held.kind === 'value' && last !== undefined) at[last] = held.value;
}

function objectAt(root: Draft, name: string): JsonObject {
  const value = root[name];
  return isJsonObject(value) ? value : {};
}

function textAt(root: Draft, name: string): string | null {
  const value = root[name];
  return typeof value === 'string' ? value : null;
}

function factsOf(facts: JsonObject): Scope['facts'] {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => (isJsonObject(value) ? [[name, value]] : [])),
  );
}

type Within = { readonly root: JsonObject | null; readonly depth: number };

const maxDepth = 8;

function completed(value: Json, schema: JsonObject | null, within: Within): Json {
  const properties = schema?.['properties'];
  const required = schema?.['required'];
  if (!isJsonObject(value) || !isJsonObject(properties) || within.depth > maxDepth) return value;
  const members: Draft = { ...value };
  const inner = { ...within, depth: within.depth + 1 };
  for (const name of Array.isArray(required) ? required : []) {
    const member: Json | undefined = properties[String(name)];
    if (members[String(name)] !== undefined) continue;
    members[String(name)] = example(isJsonObject(member) ? member : null, inner);
  }
  for (const [name, member] of Object.entries(members)) {
    const its = properties[name];
    if (isJsonObject(its) && isJsonObject(member)) members[name] = completed(member, its, inner);
  }
  return members;
}

const texts: { readonly [format: string]: string } = {
  email: 'someone@example.org',
  date: '2031-01-01',
  'date-time': '2031-01-01T10:00:00Z',
  uri: 'https://example.org/',
};

/** Returns a plausible value of a schema; null where it is not one of the usual shapes. */
function example(schema: JsonObject | null, within: Within): Json {
  if (schema === null || within.depth > maxDepth) return null;
  const listed = schema['const'] ?? firstOf(schema['enum']) ?? schema['default'];
  if (listed !== undefined && listed !== null) return listed;
  const branch = firstOf(schema['anyOf'] ?? schema['oneOf']);
  if (isJsonObject(branch)) return example(branch, { ...within, depth: within.depth + 1 });
  const type = firstOf(schema['type']) ?? schema['type'];
  if (type === 'integer' || type === 'number') return numberIn(schema);
  if (type === 'boolean') return false;
  if (type === 'object') return completed({}, schema, within);
  if (type === 'array') return listOf(schema, within);
  return type === 'string' ? textOf(schema) : null;
}

function firstOf(value: Json | undefined): Json | undefined {
  return Array.isArray(value) ? value[0] : undefined;
}

function numberIn(schema: JsonObject): number {
  const [least, most] = [schema['minimum'], schema['maximum']];
  if (typeof least === 'number' && least > 1) return Math.ceil(least);
  return typeof most === 'number' && most < 1 ? Math.floor(most) : 1;
}

function textOf(schema: JsonObject): string {
  const format = schema['format'];
  const least = schema['minLength'];
  const text = (typeof format === 'string' ? texts[format] : undefined) ?? 'example';
  return text.padEnd(typeof least === 'number' ? Math.min(least, 1000) : 0, 'x');
}

function listOf(schema: JsonObject, within: Within): Json {
  const least = schema['minItems'];
  const items = isJsonObject(schema['items']) ? schema['items'] : null;
  const count = typeof least === 'number' ? Math.min(least, 100) : 0;
  const inner = { ...within, depth: within.depth + 1 };
  return Array.from({ length: count }, () => example(items, inner));
}
