import type { OutcomeStatus } from '../decide/event.ts';
import { isJsonObject, type Json, type JsonObject, parsedJson } from '../json.ts';
import type { CompiledPact, Tool, UndoArgument } from '../pact/compiled.ts';

/** What was done: the arguments it was done with, and what came back. */
export type DoneAction = {
  readonly tool: string;
  readonly args: JsonObject;
  readonly result: Json;
  /** Null: nothing was reported. */
  readonly status: OutcomeStatus | null;
  /** Whether it went to a staging upstream and not to the live tool. */
  readonly isStaged: boolean;
};

/** Why nothing takes an action back. */
export type WhyNotUndone =
  | 'not-sent'
  | 'failed'
  | 'unknown'
  | 'staged'
  | 'undeclared'
  | 'irreversible'
  | 'no-undo'
  | 'undo-not-in-pact';

/**
 * What takes an action back: an action of the `undo` tool that is `ready`, or lacks arguments that
 * a person has to `fill`; or why there is none. An action that only reads is `nothing`.
 */
export type Compensation =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'cannot'; readonly why: WhyNotUndone; readonly say: string }
  | { readonly kind: 'ready'; readonly tool: string; readonly args: JsonObject }
  | {
      readonly kind: 'fill';
      readonly tool: string;
      readonly args: JsonObject;
      readonly missing: readonly string[];
    };

/**
 * Returns what takes an action back under a pact. Arguments come from the declared mapping alone,
 * and `filled` is what a person says of those the mapping leaves open; null: nobody said anything.
 * Source: spec/undo.md.
 */
export function compensate(
  pact: CompiledPact,
  done: DoneAction,
  filled: JsonObject | null = null,
): Compensation {
  const tool = pact.tools.get(done.tool) ?? null;
  if (tool?.effect === 'read') return { kind: 'nothing' };
  const why = whyNot(pact, tool, done);
  if (why !== null) return { kind: 'cannot', ...why };
  const name = tool?.undo ?? '';
  const undo = pact.tools.get(name) ?? null;
  const mapped = mappedArgs(tool, done);
  const args = { ...mapped, ...filled };
  const missing = openArgs(tool, undo, { args, isFilled: filled !== null });
  return missing.length === 0
    ? { kind: 'ready', tool: name, args }
    : { kind: 'fill', tool: name, args, missing };
}

/** Returns what a person filled in that the pact says, or that the tool does not take. */
export function misfilled(
  pact: CompiledPact,
  done: DoneAction,
  filled: JsonObject,
): readonly { readonly name: string; readonly say: string }[] {
  const tool = pact.tools.get(done.tool);
  const mapped = tool === undefined ? {} : mappedArgs(tool, done);
  const known = knownArgs(pact.tools.get(tool?.undo ?? '') ?? null);
  return Object.keys(filled).flatMap((name) => {
    if (Object.hasOwn(mapped, name)) {
      return [{ name, say: `\`${name}\` comes from what was done, as the pact declares` }];
    }
    if (known === null || known.includes(name)) return [];
    return [{ name, say: `\`${tool?.undo ?? ''}\` has no argument \`${name}\`` }];
  });
}

type Why = { readonly why: WhyNotUndone; readonly say: string };

const STATUS_WHY: ReadonlyMap<OutcomeStatus | null, Why> = new Map<OutcomeStatus | null, Why>([
  ['not_sent', { why: 'not-sent', say: 'it was never sent' }],
  [
    'error',
    { why: 'failed', say: 'it failed: whether anything came of it is for a person to see' },
  ],
  [
    'unknown',
    { why: 'unknown', say: 'nobody knows whether it happened: report its outcome first' },
  ],
  [null, { why: 'unknown', say: 'its outcome was never reported: report it first' }],
]);

function whyNot(pact: CompiledPact, tool: Tool | null, done: DoneAction): Why | null {
  const status = STATUS_WHY.get(done.status);
  if (status !== undefined) return status;
  if (done.isStaged) return { why: 'staged', say: 'it went to a staging upstream' };
  if (tool === null) {
    return { why: 'undeclared', say: `the armed pact declares no \`${done.tool}\`` };
  }
  if (tool.undo === null) return noUndo(tool);
  if (pact.tools.has(tool.undo)) return null;
  return { why: 'undo-not-in-pact', say: `its undo \`${tool.undo}\` is not in the armed pact` };
}

function noUndo({ name, reversible }: Tool): Why {
  return reversible === 'no'
    ? { why: 'irreversible', say: `\`${name}\` cannot be undone` }
    : { why: 'no-undo', say: `\`${name}\` declares no \`undo\`` };
}

function mappedArgs(tool: Tool | null, done: DoneAction): JsonObject {
  const found = (tool?.undoArgs ?? []).flatMap((argument): [string, Json][] => {
    const value = valueOf(argument, tool, done);
    return value === undefined ? [] : [[argument.name, value]];
  });
  return Object.fromEntries(found);
}

function valueOf(argument: UndoArgument, tool: Tool | null, done: DoneAction): Json | undefined {
  if (argument.from === 'value') return argument.value;
  const isJson = tool?.trust.format === 'json';
  const from = argument.from === 'args' ? done.args : structured(done.result, isJson);
  const names = argument.path === '' ? [] : argument.path.split('.');
  const value = names.reduce<Json | undefined>(memberOf, from);
  // What is not there is nothing to send: a person says what it is.
  return value === null ? undefined : value;
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (value === undefined || !isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
  return value[name];
}

// Tools that answer text often answer JSON as text.
function structured(result: Json, isJson: boolean): Json {
  if (typeof result !== 'string' || !isJson) return result;
  return parsedJson(result) ?? result;
}

function openArgs(
  tool: Tool | null,
  undo: Tool | null,
  { args, isFilled }: { readonly args: JsonObject; readonly isFilled: boolean },
): readonly string[] {
  const declared = (tool?.undoArgs ?? []).map(({ name }) => name);
  const wanted = [...new Set([...declared, ...requiredArgs(undo)])];
  const missing = wanted.filter((name) => !Object.hasOwn(args, name));
  if (missing.length > 0 || isFilled || declared.length > 0) return missing;
  // Nothing is mapped, and no schema says that nothing is needed: a person has to look.
  return knownArgs(undo)?.length === 0 ? [] : (knownArgs(undo) ?? ['*']);
}

function requiredArgs(undo: Tool | null): readonly string[] {
  const required = undo?.schema?.['required'];
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
}

/** Null: any, as of a tool without a schema. */
function knownArgs(undo: Tool | null): readonly string[] | null {
  const properties = undo?.schema?.['properties'];
  const isOpen = (undo?.schema?.['additionalProperties'] ?? false) !== false;
  if (properties === undefined || !isJsonObject(properties) || isOpen) return null;
  return Object.keys(properties);
}
