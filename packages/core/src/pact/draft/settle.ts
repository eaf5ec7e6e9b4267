import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { isToolName } from '../scalars.ts';
import type { DraftRequest, DraftTask, DraftTool } from './request.ts';

/**
 * Returns the request with what a pact cannot hold taken out: tools whose names it cannot spell or
 * that are built in, and schema words it does not use. Tasks only runs name are added.
 */
export function settle(request: DraftRequest): DraftRequest {
  const tools = new Map<string, DraftTool>();
  for (const tool of request.tools) {
    if (!isDeclarable(tool.name) || tools.has(tool.name)) continue;
    tools.set(tool.name, { ...tool, inputSchema: briefSchema(tool.inputSchema) });
  }
  const tasks = new Map<string, DraftTask>();
  for (const task of request.tasks) if (!tasks.has(task.name)) tasks.set(task.name, task);
  for (const { task } of request.runs ?? []) {
    if (!tasks.has(task)) tasks.set(task, { name: task });
  }
  return { ...request, tools: [...tools.values()], tasks: [...tasks.values()] };
}

/** Returns whether a pact can declare a tool of this name. */
export function isDeclarable(name: string): boolean {
  return isToolName(name) && !/^(output\.|handoff\.|__proto__$)/.test(name);
}

const kept: ReadonlySet<string> = new Set(
  (
    'type properties required items enum const anyOf oneOf allOf $ref $defs definitions format ' +
    'additionalProperties nullable minimum maximum minLength maxLength minItems maxItems'
  ).split(' '),
);
const maxDepth = 10;

/** Returns a schema without prose: what it says about types, names and bounds. */
export function briefSchema(schema: JsonObject | null): JsonObject | null {
  if (schema === null) return null;
  const type = schema['type'];
  const isOfObject =
    type === 'object' || (type === undefined && isJsonObject(schema['properties']));
  return isOfObject ? briefObject(schema, 0) : null;
}

function briefObject(schema: JsonObject, depth: number): JsonObject {
  if (depth > maxDepth) return {};
  const members = Object.entries(schema).flatMap(([word, value]): [string, Json][] => {
    if (!kept.has(word)) return [];
    const brief = briefMember(word, value, depth);
    return brief === null ? [] : [[word, brief]];
  });
  return Object.fromEntries(members);
}

function briefMember(word: string, value: Json, depth: number): Json | null {
  switch (word) {
    case 'properties':
    case '$defs':
    case 'definitions':
      return isJsonObject(value) ? briefProperties(value, depth) : null;
    case 'anyOf':
    case 'oneOf':
    case 'allOf':
      return Array.isArray(value) ? value.map((each: Json) => briefValue(each, depth)) : null;
    case 'items':
    case 'additionalProperties':
      return briefValue(value, depth);
    case 'required':
      return Array.isArray(value) ? value.filter((name: Json) => isPlainName(name)) : null;
    case 'type':
    case 'enum':
      return isShort(value) ? value : null;
    default:
      return isScalar(value) ? value : null;
  }
}

function briefValue(value: Json, depth: number): Json {
  return isJsonObject(value) ? briefObject(value, depth + 1) : value === true;
}

function briefProperties(value: JsonObject, depth: number): JsonObject {
  const members = Object.entries(value).filter(([name]) => isPlainName(name));
  return Object.fromEntries(members.map(([name, of]) => [name, briefValue(of, depth)]));
}

function isPlainName(name: Json): boolean {
  return typeof name === 'string' && /^[A-Za-z_$][\w$-]{0,99}$/.test(name) && name !== '__proto__';
}

function isScalar(value: Json): boolean {
  if (typeof value === 'string') return value.length <= 200;
  if (typeof value !== 'number') return typeof value === 'boolean';
  return Number.isSafeInteger(value) || (Math.abs(value) < 1e6 && String(value).length <= 12);
}

function isShort(value: Json): boolean {
  if (!Array.isArray(value)) return typeof value === 'string';
  return value.length <= 200 && value.every((each: Json) => each === null || isScalar(each));
}
