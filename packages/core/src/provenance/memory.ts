import { assert } from '../assert.ts';
import type { Json } from '../json.ts';
import type { Content, ToolContent } from './content.ts';
import type { Entry } from './entry.ts';
import { collect, entryOf, isSame, partsOf, sizeOf, withCalls } from './entry.ts';
import { MAX_DEPTH } from './fields.ts';
import { spellings } from './normalise.ts';

/** UTF-16 units of normalised text a session keeps. */
const MAX_MEMORY = 256 * 1024;
/** Pieces of content a session keeps, so that many short ones cannot make tracing slow. */
const MAX_ENTRIES = 1024;
/** Content waits unread up to this many units or pieces. */
const MAX_WAITING = 64 * 1024;
const MAX_WAITING_COUNT = 64;
const noSource: readonly string[] = Object.freeze(['agent']);

/**
 * What one session has seen, as text with sources.
 *
 * Content waits as it arrived until a value is traced; only then is it split and normalised. Plain
 * JSON throughout, but only `memoryToJson` gives the same JSON for the same history. Owned and
 * changed by the session's state; nobody else may hold on to it.
 */
export type Memory = {
  waiting: Content[];
  waitingSize: number;
  /** Oldest first. INVARIANT: `size` is the sum of their sizes. */
  entries: Entry[];
  size: number;
};

/** Returns the memory of a session that has seen nothing. */
export function emptyMemory(): Memory {
  return { waiting: [], waitingSize: 0, entries: [], size: 0 };
}

/**
 * Remembers a piece of content; the memory given is changed, the content must never be.
 *
 * Reading it is left to the first `trace`, unless much is waiting already.
 * Source: spec/decide.md, section "Sources of a value".
 */
export function remember(memory: Memory, content: Content): void {
  memory.waiting.push(content);
  memory.waitingSize += weightOf(content);
  if (memory.waitingSize > MAX_WAITING || memory.waiting.length > MAX_WAITING_COUNT)
    readWaiting(memory);
}

/**
 * Returns the sorted names of a value's sources, never none.
 *
 * Names are `principal`, `session`, `untrusted`, `trusted`, `<tool>`, `<tool>:<field path>`; or
 * only `agent`, when the value stands in nothing the session remembers.
 * Source: spec/decide.md, section "Sources of a value".
 */
export function trace(memory: Memory, value: string | number): readonly string[] {
  readWaiting(memory);
  const looked = spellings(value);
  if (looked.length === 0) return noSource;
  const names = new Set<string>();
  for (const entry of memory.entries) collect(entry, looked, names);
  return names.size === 0 ? noSource : [...names].sort();
}

/**
 * Returns whether a tool's result holds a segment with text that is not trusted.
 *
 * Give it the object that is remembered: the result is then split only once.
 * Source: spec/decide.md, section "Labels".
 */
export function holdsUntrusted(content: ToolContent): boolean {
  const { byDefault, untrusted } = content.trust;
  if (byDefault === 'trusted' && untrusted.length === 0) return false;
  return partsOf(content).some((part) => !part.isTrusted);
}

/** Splits and normalises what is waiting, in order; changes nothing anybody can observe. */
export function readWaiting(memory: Memory): void {
  if (memory.waiting.length === 0) return;
  for (const content of memory.waiting) {
    const entry = entryOf(content);
    if (entry !== null) keep(memory, entry);
  }
  memory.waiting = [];
  memory.waitingSize = 0;
}

/** Keeps an entry as the newest; one that says the same as an older takes its place. */
function keep(memory: Memory, entry: Entry): void {
  const at = memory.entries.findIndex((older) => isSame(older, entry));
  const older = at === -1 ? null : forgetAt(memory, at);
  const kept = older === null ? entry : withCalls(older, entry.calls);
  if (!makeRoom(memory, kept)) return;
  memory.entries.push(kept);
  memory.size += sizeOf(kept);
}

/** Forgets the oldest entries that may go until this one fits; false when it never can. */
function makeRoom(memory: Memory, entry: Entry): boolean {
  const size = sizeOf(entry);
  if (memory.size + size <= MAX_MEMORY && memory.entries.length < MAX_ENTRIES) return true;
  const mayGo = memory.entries.filter(isForgettable);
  const fixedSize = memory.size - mayGo.reduce((sum, older) => sum + sizeOf(older), 0);
  if (fixedSize + size > MAX_MEMORY) return false;
  let count = mayGo.length;
  while (memory.size + size > MAX_MEMORY || count >= MAX_ENTRIES) {
    forgetAt(memory, memory.entries.findIndex(isForgettable));
    count -= 1;
  }
  return true;
}

function forgetAt(memory: Memory, at: number): Entry {
  const [gone] = memory.entries.splice(at, 1);
  assert(gone !== undefined, 'nothing to forget');
  memory.size -= sizeOf(gone);
  return gone;
}

function isForgettable({ kind }: Entry): boolean {
  return kind === 'tool' || kind === 'untrusted';
}

/** Units of text in a piece of content; more than may wait is not counted to the end. */
function weightOf(content: Content): number {
  if (content.kind !== 'tool') return content.text.length;
  return weigh(content.args, 0) + weigh(content.result, 0);
}

function weigh(value: Json, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (depth > MAX_DEPTH) return MAX_WAITING + 1;
  let weight = 8;
  for (const member of Array.isArray(value) ? value : Object.values(value)) {
    weight += weigh(member, depth + 1);
    if (weight > MAX_WAITING) break;
  }
  return weight;
}
