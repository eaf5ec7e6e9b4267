import type { Tool } from '../compiled.ts';
import type { Place } from '../diagnostic.ts';
import type { Expression, FactDocument, PactDocument, Placed } from '../document.ts';
import { placeIn } from '../document.ts';
import { makeChecker } from '../expression/checker.ts';
import type { Checker } from '../expression/checker.ts';
import {
  DYN,
  NUMBER,
  objectOf,
  resolve,
  TEXT,
  typeOfField,
  typeOfSchema,
} from '../expression/types.ts';
import type { ValueType } from '../expression/types.ts';
import { matchesTool } from '../glob.ts';
import type { Findings } from '../reader.ts';
import { suggest } from '../suggest.ts';

/** What one layer is checked against. */
export type Context = {
  readonly findings: Findings;
  readonly document: PactDocument;
  /** Tools this layer may name: its own and those of the layers it extends. */
  readonly visible: ReadonlyMap<string, Tool>;
  /** Tools of the whole chain; a glob of any layer may match them. */
  readonly tools: ReadonlyMap<string, Tool>;
  readonly facts: ReadonlyMap<string, FactDocument>;
  readonly session: ReadonlyMap<string, ValueType>;
  readonly checkers: Map<string, Checker>;
};

/** The type of the arguments of `output.message` and `output.answer`. */
const OUTPUT_ARGS = objectOf([['text', TEXT]]);

/** Returns the type of a tool's arguments; a tool without a schema takes anything. */
export function argsOf(context: Context, tool: string): ValueType {
  if (tool === 'output') return OUTPUT_ARGS;
  const schema = context.tools.get(tool)?.schema ?? null;
  return schema === null ? DYN : typeOfSchema(schema, schema);
}

/** Returns the variables a condition about a tool sees. `tool` may be `output` or `any`. */
export function variablesOf(context: Context, tool: string): ReadonlyMap<string, ValueType> {
  const { document, facts, session } = context;
  const counted = document.allow.filter(({ limits }) => limits.length > 0);
  const tasks = document.tasks?.map(({ name }) => name) ?? null;
  return new Map<string, ValueType>([
    ['args', argsOf(context, tool)],
    ['tool', TEXT],
    ['session', { kind: 'object', fields: session, isOpen: false }],
    ['principal', TEXT],
    ['agent', TEXT],
    ['task', { kind: 'string', allowed: tasks === null ? null : ['', ...tasks] }],
    ['facts', objectOf([...facts].map(([name, fact]) => [name, typeOfFact(fact)]))],
    ['counters', objectOf(counted.map(({ id }) => [id, NUMBER]))],
    ['sources', { kind: 'map', of: { kind: 'list', of: TEXT } }],
    ['now', { kind: 'timestamp', allowed: null }],
  ]);
}

function typeOfFact({ fields }: FactDocument): ValueType {
  if (fields === null) return { kind: 'map', of: DYN };
  return objectOf([...fields].map(([name, type]) => [name, typeOfField(type)]));
}

/** Returns the checker of conditions about a tool, made once. */
export function checkerOf(context: Context, tool: string): Checker {
  const known = context.checkers.get(tool);
  if (known !== undefined) return known;
  const of = tool === 'output' ? 'an output' : tool;
  const made = makeChecker({ variables: variablesOf(context, tool), of });
  context.checkers.set(tool, made);
  return made;
}

/** Checks a condition; reports each fault at its place. Returns whether it is fine. */
export function checkCondition(
  context: Context,
  expression: Expression,
  checker: Checker,
): boolean {
  const faults = checker(expression.ast, 'bool');
  for (const { code, offset, message } of faults) {
    context.findings.error({ code, place: placeIn(expression, offset), message });
  }
  return faults.length === 0;
}

/** Returns the declared tools of the chain that a name or glob stands for. */
export function toolsOf(context: Context, pattern: string): readonly string[] {
  return [...context.tools.keys()].filter((name) => matchesTool(pattern, name));
}

/** Returns whether a tool's schema has an argument at a path. */
export function hasArgument(context: Context, tool: string, path: string): boolean {
  return resolve(argsOf(context, tool), path.split('.'), { throughLists: true }).ok;
}

/** Checks that an argument path exists in a tool's schema. Returns its type, or null. */
export function checkArgument(
  context: Context,
  tool: string,
  path: Placed<string>,
): ValueType | null {
  const names = path.value.split('.');
  const resolved = resolve(argsOf(context, tool), names, { throughLists: true });
  if (resolved.ok) return resolved.type;
  const shown = ['args', ...names.slice(0, resolved.depth + 1)].join('.');
  const hint = suggest(names[resolved.depth] ?? '', resolved.known ?? []);
  const message = `unknown field \`${shown}\` of ${tool}${hint}`;
  context.findings.error({ code: 'unknown-field', place: path.place, message });
  return null;
}

/**
 * Checks that an argument path exists and leads to one value: what is summed, counted or compared
 * is looked up by member names, which find nothing in a list. Returns its type, or null.
 */
export function checkValuePath(
  context: Context,
  tool: string,
  path: Placed<string>,
): ValueType | null {
  const type = checkArgument(context, tool, path);
  if (type === null) return null;
  const names = path.value.split('.');
  const resolved = resolve(argsOf(context, tool), names, { throughLists: false });
  if (resolved.ok) return type;
  const list = ['args', ...names.slice(0, resolved.depth)].join('.');
  const message =
    `\`${path.value}\` runs through \`${list}\`, a list of ${tool}: ` +
    'name a path that holds one value';
  context.findings.error({ code: 'bad-path', place: path.place, message });
  return null;
}

/** Reports a name that is not among the known ones. */
export function unknown(
  context: Context,
  { value, place }: { readonly value: string; readonly place: Place },
  about: {
    readonly code: 'unknown-tool' | 'unknown-fact' | 'unknown-task' | 'unknown-rule';
    readonly what: string;
    readonly known: Iterable<string>;
  },
): void {
  const hint = context.findings.isFull(place.file) ? '' : suggest(value, about.known);
  const message = `unknown ${about.what} \`${value}\`${hint}`;
  context.findings.error({ code: about.code, place, message });
}
