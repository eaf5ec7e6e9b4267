import type { Json, JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { Trust } from '../pact/compiled.ts';
import type { Content } from './content.ts';
import { MAX_DEPTH } from './fields.ts';
import { MAX_SEGMENT, cutLeaves } from './segment.ts';
import type { Part } from './split.ts';
import { splitResult } from './split.ts';

/** How many different calls with the same result are told apart; see `withCall`. */
const MAX_CALLS = 8;

/** What a tool returned: as it came, or, when that was long, already split and cut. */
export type Returned =
  | { readonly kind: 'whole'; readonly trust: Trust; readonly result: Json }
  | { readonly kind: 'parts'; readonly parts: readonly Part[] };

/** A tool's result as a memory holds it. `calls` are the arguments of the calls that gave it. */
export type HeldResult = {
  readonly kind: 'tool';
  readonly tool: string;
  readonly calls: readonly JsonObject[];
  readonly returned: Returned;
  readonly size: number;
};

/** Text from a person, the session or elsewhere, as a memory holds it. */
export type HeldText = {
  readonly kind: 'principal' | 'session' | 'untrusted';
  readonly text: string;
  readonly size: number;
};

/** Plain JSON; `size` is in UTF-16 units of what is held, arguments included. */
export type Held = HeldText | HeldResult;

/**
 * Returns content as it is held, or null when it can be the source of nothing: it has no text, or
 * its call's arguments are longer than a segment, so that an echo could not be told.
 */
export function hold(content: Content): Held | null {
  if (content.kind !== 'tool') return holdText(content.kind, content.text);
  const { tool, trust, args, result } = content;
  const ofArgs = weigh(args, 0);
  const ofResult = weigh(result, 0);
  if (ofArgs > MAX_SEGMENT || ofResult === 0) return null;
  if (ofResult <= MAX_SEGMENT) {
    const returned = { kind: 'whole', trust, result } as const;
    return { kind: 'tool', tool, calls: [args], returned, size: ofArgs + ofResult };
  }
  const parts = splitResult(result, trust).map(cutPart);
  const size = parts.reduce((sum, { leaves }) => sum + lengthOf(leaves), ofArgs);
  return { kind: 'tool', tool, calls: [args], returned: { kind: 'parts', parts }, size };
}

/** Returns whether some part of a result can be trusted. */
export function mayBeTrusted({ returned }: HeldResult): boolean {
  if (returned.kind === 'parts') return returned.parts.some((part) => part.isTrusted);
  return returned.trust.byDefault === 'trusted' || returned.trust.trusted.length > 0;
}

function holdText(kind: HeldText['kind'], whole: string): HeldText | null {
  if (whole === '') return null;
  const text = cutLeaves([whole])[0] ?? '';
  return { kind, text, size: text.length };
}

function cutPart(part: Part): Part {
  return { path: part.path, isTrusted: part.isTrusted, leaves: cutLeaves(part.leaves) };
}

function lengthOf(leaves: readonly string[]): number {
  return leaves.reduce((sum, leaf) => sum + leaf.length, 0);
}

/** Units of text in a value, keys included; not counted on beyond what a segment holds. */
function weigh(value: Json, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value === 'number') return 8;
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MAX_DEPTH) return MAX_SEGMENT + 1;
  return isJsonObject(value) ? weighObject(value, depth) : weighList(value, depth);
}

function weighObject(value: JsonObject, depth: number): number {
  let weight = 0;
  for (const name of Object.keys(value)) {
    weight += name.length + weigh(value[name] ?? null, depth + 1);
    if (weight > MAX_SEGMENT) break;
  }
  return weight;
}

function weighList(value: readonly Json[], depth: number): number {
  let weight = 0;
  for (const element of value) {
    weight += 1 + weigh(element, depth + 1);
    if (weight > MAX_SEGMENT) break;
  }
  return weight;
}

/** Returns whether two pieces came from the same place and say the same, calls aside. */
export function isSame(one: Held, other: Held): boolean {
  if (one.kind !== 'tool') return other.kind === one.kind && one.text === other.text;
  return (
    other.kind === 'tool' && one.tool === other.tool && isSameReturn(one.returned, other.returned)
  );
}

function isSameReturn(one: Returned, other: Returned): boolean {
  if (one.kind !== 'whole' || other.kind !== 'whole') return false;
  return (
    isSameJson(one.result, other.result) &&
    (one.trust === other.trust || isSameJson({ ...one.trust }, { ...other.trust }))
  );
}

/** Never deeper than what `weigh` lets be held. Members in another order make a difference. */
function isSameJson(one: Json, other: Json): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return one === other;
  }
  const [names, others] = [Object.keys(one), Object.keys(other)];
  const [values, otherValues] = [Object.values(one), Object.values(other)];
  return (
    Array.isArray(one) === Array.isArray(other) &&
    names.length === others.length &&
    names.every((name, at) => name === others[at]) &&
    values.every((value, at) => isSameJson(value, otherValues[at] ?? null))
  );
}

/**
 * Returns a held result with the calls of another that gave the same.
 *
 * A value is an echo only when it stood in the arguments of every call, so forgetting calls beyond
 * the limit can take a source away but never gives one.
 */
export function withCalls(held: Held, added: Held): Held {
  if (held.kind !== 'tool' || added.kind !== 'tool' || held.calls.length >= MAX_CALLS) return held;
  const calls = added.calls.filter((call) => !held.calls.some((known) => isSameJson(known, call)));
  const size = calls.reduce((sum, call) => sum + weigh(call, 0), held.size);
  return calls.length === 0 ? held : { ...held, calls: [...held.calls, ...calls], size };
}
