import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { splitResult } from '../../provenance/split.ts';
import type { Effect, Trust } from '../compiled.ts';
import type { DraftCall, DraftTool } from './request.ts';
import {
  deedOf,
  headWords,
  isFreeText,
  isOpenWord,
  isProgramText,
  isStrangers,
  isSystemField,
  isTimely,
  saysProgramsRun,
  spelledIn,
  wordsIn,
} from './words.ts';
import type { Deed } from './words.ts';

/**
 * What a draft believes about a tool, each belief with its reason.
 *
 * A tool that runs programs has the worst effect. `guarded` are the arguments that say whom or
 * what a call is about; `fields` are the fields seen in its results.
 */
export type Reading = {
  readonly tool: DraftTool;
  readonly effect: Effect;
  readonly effectWhy: string;
  /** Whether nothing says what it does, and the effect is the cautious guess. */
  readonly isGuess: boolean;
  /** The argument that holds a program, whose effect is known call by call only; else null. */
  readonly effectFrom: string | null;
  readonly category: string;
  readonly isOpenWorld: boolean;
  readonly isFinal: boolean;
  readonly trust: Trust;
  readonly trustWhy: string;
  readonly guarded: readonly string[];
  readonly fields: readonly string[];
};

/** Returns what a draft believes about a tool, from its listing and the results it gave in runs. */
export function readTool(tool: DraftTool, calls: readonly DraftCall[]): Reading {
  const effectFrom = programArgument(tool);
  const effect = effectFrom === null ? effectOf(tool) : programEffect(effectFrom);
  const isOpenWorld = effectFrom !== null || leavesForTheWorld(tool);
  const shape = shapeOf(calls.map((call) => call.result));
  const trust = trustOf(tool, { ...effect, isOpenWorld }, shape);
  return {
    tool,
    effect: effect.effect,
    effectWhy: effect.why,
    isGuess: effect.isGuess ?? false,
    effectFrom,
    category: categoryOf(tool),
    isOpenWorld,
    isFinal: effect.isFinal,
    ...trust,
    guarded: guardedArguments(tool.inputSchema),
    fields: shape.fields,
  };
}

type Judged = Deed & { readonly why: string; readonly isGuess?: true };

/** The argument with the program of a tool that runs programs, unless its server says it reads. */
function programArgument({
  name,
  description,
  inputSchema,
  annotations,
}: DraftTool): string | null {
  if (annotations?.readOnlyHint === true || !saysProgramsRun(`${name} ${description}`)) return null;
  const programs = propertiesOf(inputSchema).filter(
    ([argument, of]) => isPlainName(argument) && isProgramText(argument) && isTextual(of),
  );
  return programs[0]?.[0] ?? null;
}

function programEffect(argument: string): Judged {
  const why = `\`${argument}\` says what it does; the worst until fact \`command\` tells`;
  return { effect: 'send', isFinal: true, why };
}

function effectOf(tool: DraftTool): Judged {
  const hints = tool.annotations ?? {};
  const words = headWords(tool.name);
  const named = words.map((word) => ({ word, deed: deedOf(word) })).find(({ deed }) => deed);
  const told = wordsIn(tool.description)
    .slice(0, 1)
    .map((word) => deedOf(word));
  if (hints.readOnlyHint === true) {
    return { effect: 'read', isFinal: false, why: 'the server says it is read-only' };
  }
  const found = named?.deed ?? told[0] ?? null;
  const isFinal = (found?.isFinal ?? true) || hints.destructiveHint === true;
  if (hints.readOnlyHint === false || hints.destructiveHint === true) {
    const effect = found?.effect === 'send' ? 'send' : 'write';
    return { effect, isFinal, why: 'the server says it is not read-only' };
  }
  if (named?.deed)
    return { ...named.deed, why: `its name says \`${spelledIn(tool.name, named.word)}\`` };
  if (found !== null) return { ...found, why: 'its description begins so' };
  return {
    effect: 'write',
    isFinal: true,
    why: 'nothing says what it does, so the cautious guess',
    isGuess: true,
  };
}

function leavesForTheWorld(tool: DraftTool): boolean {
  if (tool.annotations?.openWorldHint !== undefined) return tool.annotations.openWorldHint;
  const isNamed = headWords(tool.name).some(isOpenWord);
  return isNamed || propertiesOf(tool.inputSchema).some(([name]) => wordsIn(name).includes('url'));
}

// The first row a tool's own words stand in; gates close and labels are counted per category.
const categories: readonly (readonly [string, string])[] = [
  ['mail', 'email mail inbox'],
  ['calendar', 'event calendar appointment meeting'],
  ['files', 'file document folder drive attachment'],
  ['money', 'money transaction payment balance iban account invoice refund billing'],
  ['web', 'webpage web website url page internet'],
  ['chat', 'channel message chat thread'],
  ['people', 'contact user person member customer profile password'],
];

function categoryOf({ name }: DraftTool): string {
  const [space, rest] = name.split(/[.:/]/);
  if (space !== undefined && rest !== undefined && space !== '') return space;
  const words = headWords(name);
  const row = categories.find(([, members]) =>
    wordsIn(members).some((member) => words.includes(member)),
  );
  const noun = words.find((word) => deedOf(word) === null && word.length > 2);
  return row?.[0] ?? (noun === undefined ? 'other' : singular(spelledIn(name, noun)));
}

function singular(word: string): string {
  return word.replace(/ies$/, 'y').replace(/([^s])s$/, '$1');
}

type Shape = { readonly format: Trust['format']; readonly fields: readonly string[] };

const probe = { byDefault: 'trusted', trusted: [], untrusted: [] } as const;

/** The text format most results parse as, and the fields they hold. */
function shapeOf(results: readonly Json[]): Shape {
  const [first, second] = (['json', 'yaml'] as const).map((format) => {
    const split = results.map((result) => splitResult(result, { ...probe, format }));
    const counts = new Map<string, number>();
    for (const path of split.flat().map((part) => part.path)) {
      if (isFieldPath(path)) counts.set(path, (counts.get(path) ?? 0) + 1);
    }
    return { format, counts };
  });
  const chosen = (second?.counts.size ?? 0) > (first?.counts.size ?? 0) ? second : first;
  const fields = [...(chosen?.counts.keys() ?? [])].sort();
  return { format: chosen?.format ?? 'json', fields };
}

/**
 * Only plain lower-case names count as fields: a table keyed by people or places has its content
 * in the keys, and no content may reach a pact.
 */
function isFieldPath(path: string): boolean {
  return /^[a-z_][a-z0-9_]{0,40}(\.[a-z_][a-z0-9_]{0,40}){0,3}$/.test(path);
}

type Trusted = { readonly trust: Trust; readonly trustWhy: string };
type World = { readonly effect: Effect; readonly isOpenWorld: boolean };

function trustOf(tool: DraftTool, world: World, shape: Shape): Trusted {
  const { format, fields } = shape;
  const strange = headWords(tool.name).filter((word) => deedOf(word) === null || word === 'mail');
  const word = strange.find(isStrangers);
  if (world.isOpenWorld || (world.effect === 'read' && word !== undefined)) {
    const trusted = fields.filter((field) => isSystemField(lastOf(field)));
    const trustWhy = world.isOpenWorld
      ? 'what the open world answers, anybody may have written'
      : `strangers write what \`${spelledIn(tool.name, word ?? '')}\` holds`;
    return { trust: { byDefault: 'untrusted', trusted, untrusted: [], format }, trustWhy };
  }
  const untrusted = fields.filter((field) => isFreeText(lastOf(field)));
  const trustWhy = untrusted.length === 0 ? '' : 'its prose fields may be written by strangers';
  return { trust: { byDefault: 'trusted', trusted: [], untrusted, format }, trustWhy };
}

function lastOf(path: string): string {
  return path.split('.').at(-1) ?? path;
}

function propertiesOf(schema: JsonObject | null): readonly (readonly [string, Json])[] {
  const properties = schema?.['properties'];
  return isJsonObject(properties) ? Object.entries(properties) : [];
}

/** Members of an argument are looked into this far. */
const maxArgumentDepth = 3;

/**
 * Arguments, and members of them, that name a recipient, an account, a record or a place: texts (or
 * lists of them) that are neither prose, nor times, nor one of a few listed words.
 */
function guardedArguments(schema: JsonObject | null, depth = 1): readonly string[] {
  return propertiesOf(schema)
    .filter(([name]) => isPlainName(name) && !isFreeText(name) && !isTimely(name))
    .flatMap(([name, of]) => {
      if (isTextual(of)) return [name];
      const inner = depth < maxArgumentDepth ? objectWithin(of) : null;
      return guardedArguments(inner, depth + 1).map((path) => `${name}.${path}`);
    });
}

/** The object an argument is, or that each element of its list is. */
function objectWithin(schema: Json): JsonObject | null {
  if (!isJsonObject(schema)) return null;
  return schema['type'] === 'array' ? objectWithin(schema['items'] ?? null) : schema;
}

function isPlainName(name: string): boolean {
  return /^[A-Za-z_][\w-]{0,60}$/.test(name);
}

function isTextual(schema: Json): boolean {
  if (!isJsonObject(schema) || schema['enum'] !== undefined || schema['const'] !== undefined) {
    return false;
  }
  const branches = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(branches)) return branches.some((branch: Json) => isTextual(branch));
  const type = schema['type'];
  if (type === 'array') return isTextual(schema['items'] ?? null);
  return Array.isArray(type) ? type.includes('string') : type === 'string';
}
