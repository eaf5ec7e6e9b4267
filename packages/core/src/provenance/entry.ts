import type { JsonObject } from '../json.ts';
import type { Content, ToolContent } from './content.ts';
import { normalise, withoutMarks } from './normalise.ts';
import type { Part } from './split.ts';
import { leavesOf, splitResult } from './split.ts';
import { nextStanding, standsIn } from './stands.ts';

/** A segment keeps this many UTF-16 units of its normalised text. */
export const MAX_SEGMENT = 64 * 1024;
/** How many different calls with the same result are told apart; see `addCall`. */
const MAX_CALLS = 8;
const between = '\x01';
const edge = '\x02';
/** Follows a text that was cut, as a letter no value has: a word cut in two is not whole. */
const cutMark = '\x03';

/** One segment within an entry's text; `end` is the index of the edge that closes it. */
export type Segment = { readonly path: string; readonly isTrusted: boolean; readonly end: number };

/**
 * One piece of content, normalised: its segments between edges (U+0002), their leaves apart by
 * U+0001, which no value contains.
 *
 * `calls` holds the argument text of every call that gave this result.
 */
export type Entry = {
  readonly kind: Content['kind'];
  readonly tool: string;
  readonly text: string;
  readonly segments: readonly Segment[];
  readonly calls: readonly string[];
};

const parts = new WeakMap<ToolContent, readonly Part[]>();

/** Returns the parts of a tool's result; the answer is kept for as long as the content is. */
export function partsOf(content: ToolContent): readonly Part[] {
  const known = parts.get(content);
  if (known !== undefined) return known;
  const split = splitResult(content.result, content.trust);
  parts.set(content, split);
  return split;
}

/**
 * Returns the content as an entry, or null when it can be the source of nothing: it holds no text,
 * or its call's arguments are longer than a segment, so that an echo could not be told.
 */
export function entryOf(content: Content): Entry | null {
  if (content.kind !== 'tool') {
    const leaves = content.text.trim() === '' ? [] : [content.text];
    const isTrusted = content.kind !== 'untrusted';
    return build({ kind: content.kind, tool: '', call: '' }, [{ path: '', isTrusted, leaves }]);
  }
  const call = callText(content.args);
  if (call.length > MAX_SEGMENT) return null;
  return build({ kind: 'tool', tool: content.tool, call }, partsOf(content));
}

/** The text of a call's arguments. */
function callText(args: JsonObject): string {
  const leaves = leavesOf(args).map(withoutMarks);
  return normalise(leaves.join(between));
}

type Origin = { readonly kind: Content['kind']; readonly tool: string; readonly call: string };

function build(origin: Origin, from: readonly Part[]): Entry | null {
  const texts = normalisedTexts(from);
  const segments: Segment[] = [];
  let text = edge;
  for (const [index, part] of from.entries()) {
    text += cut(texts[index] ?? '');
    segments.push({ path: part.path, isTrusted: part.isTrusted, end: text.length });
    text += edge;
  }
  if (text.length <= segments.length + 1) return null;
  const { kind, tool, call } = origin;
  return { kind, tool, text, segments, calls: kind === 'tool' ? [call] : [] };
}

/** Normalises all parts in one go, unless one of them holds such a mark of its own. */
function normalisedTexts(from: readonly Part[]): readonly string[] {
  const joined = from.map((part) => cutLeaves(part.leaves).join(between));
  const texts = normalise(joined.join(edge)).split(edge);
  if (texts.length === from.length) return texts;
  return from.map((part) => normalise(cutLeaves(part.leaves).map(withoutMarks).join(between)));
}

/** The leaves a segment can hold, so that what is cut off is not normalised first. */
function cutLeaves(leaves: readonly string[]): readonly string[] {
  let room = MAX_SEGMENT;
  const kept: string[] = [];
  for (const leaf of leaves) {
    if (room <= 0) break;
    kept.push(leaf.length > room ? leaf.slice(0, room) + cutMark : leaf);
    room -= leaf.length + 1;
  }
  return kept;
}

function cut(text: string): string {
  return text.length > MAX_SEGMENT ? text.slice(0, MAX_SEGMENT) + cutMark : text;
}

/** Returns how much of the memory's bound the entry takes, in UTF-16 units. */
export function sizeOf(entry: Entry): number {
  return entry.calls.reduce((size, call) => size + call.length, entry.text.length);
}

/** Returns whether two entries say the same and came the same way, calls aside. */
export function isSame(one: Entry, other: Entry): boolean {
  return (
    one.text.length === other.text.length &&
    one.kind === other.kind &&
    one.tool === other.tool &&
    one.text === other.text &&
    one.segments.length === other.segments.length &&
    one.segments.every((segment, index) => isSameSegment(segment, other.segments[index]))
  );
}

function isSameSegment(one: Segment, other: Segment | undefined): boolean {
  return (
    other !== undefined &&
    one.path === other.path &&
    one.isTrusted === other.isTrusted &&
    one.end === other.end
  );
}

/**
 * Returns the entry with the calls of another that gave the same result.
 *
 * A value is an echo only when it stood in the arguments of every call, so forgetting calls beyond
 * the limit can take a source away but never gives one.
 */
export function withCalls(entry: Entry, calls: readonly string[]): Entry {
  const added = calls.filter((call) => !entry.calls.includes(call));
  if (added.length === 0) return entry;
  return { ...entry, calls: [...entry.calls, ...added].slice(0, MAX_CALLS) };
}

/** Adds to `names` the sources that the spellings of a value have in this entry. */
export function collect(entry: Entry, value: readonly string[], names: Set<string>): void {
  let isChecked = false;
  for (const spelling of value) {
    let at = nextStanding(entry.text, spelling, 0);
    if (at === -1) continue;
    if (!isChecked && isEcho(entry, value)) return;
    isChecked = true;
    for (const segment of entry.segments) {
      if (at === -1) break;
      if (at >= segment.end) continue;
      addNames(entry, segment, names);
      at = nextStanding(entry.text, spelling, segment.end);
    }
  }
}

function isEcho(entry: Entry, value: readonly string[]): boolean {
  if (entry.calls.length === 0) return false;
  return entry.calls.every((call) => value.some((spelling) => standsIn(call, spelling)));
}

function addNames(entry: Entry, segment: Segment, names: Set<string>): void {
  if (entry.kind !== 'tool') {
    names.add(entry.kind);
    return;
  }
  names.add(entry.tool);
  names.add(segment.isTrusted ? 'trusted' : 'untrusted');
  if (segment.path !== '') names.add(`${entry.tool}:${segment.path}`);
}
