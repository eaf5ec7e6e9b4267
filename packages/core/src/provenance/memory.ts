import { assert } from '../assert.ts';
import type { Content, ToolContent } from './content.ts';
import type { Entry } from './entry.ts';
import { collect, entryOf } from './entry.ts';
import type { Held } from './held.ts';
import { hold, isSame, mayBeTrusted, withCalls } from './held.ts';
import { isLatin } from './normalise.ts';
import { MAX_SEGMENT } from './segment.ts';
import { holdsUntrustedText } from './split.ts';
import type { Wanted } from './wanted.ts';
import { wantedOf } from './wanted.ts';

/** UTF-16 units a session keeps. */
const MAX_MEMORY = 256 * 1024;
/** Pieces a session keeps of what may go, so that many short ones cannot make tracing slow. */
const MAX_PIECES = 1024;
const noSource: readonly string[] = Object.freeze(['agent']);

/**
 * What was read of a piece so far: nothing, its text in lower case, or its entry.
 *
 * `lower` is null for text in which lower case alone would not do.
 */
type Reading = { readonly held: Held; lower: string | null | undefined; entry: Entry | null };

/**
 * What one session has seen: plain JSON, the oldest first.
 *
 * Owned and changed by the session's state; nobody else may hold on to it. `readings` is not
 * enumerable: it is no part of the state and only spares reading a piece again.
 * INVARIANT: `size` is the sum of the sizes of what is held, and there is a reading for each.
 */
export type Memory = { readonly held: Held[]; size: number; readonly readings: Reading[] };

/** Returns the memory of a session that has seen nothing. */
export function emptyMemory(): Memory {
  return memoryOf([]);
}

/** Returns the memory of a session that holds these pieces, the oldest first. */
export function memoryOf(held: readonly Held[]): Memory {
  const readings = held.map(unread);
  const size = held.reduce((sum, piece) => sum + piece.size, 0);
  const hidden = { value: readings, enumerable: false };
  return Object.defineProperty({ held: [...held], size, readings }, 'readings', hidden);
}

function unread(held: Held): Reading {
  return { held, lower: undefined, entry: null };
}

/**
 * Remembers a piece of content; the memory given is changed, the content must never be.
 *
 * Splitting and normalising are left to the first `trace` that may find something in it. The same
 * result of the same tool is held once, as the newest.
 * Source: spec/decide.md, section "Sources of a value".
 */
export function remember(memory: Memory, content: Content): void {
  const piece = hold(content);
  if (piece === null) return;
  const at = memory.held.findLastIndex((older) => isSame(older, piece));
  const older = at === -1 ? null : forget(memory, at);
  const kept = older === null ? piece : withCalls(older, piece);
  if (!makeRoom(memory, kept)) return;
  memory.held.push(kept);
  memory.size += kept.size;
  memory.readings.push(unread(kept));
}

/** Forgets the oldest pieces that may go until this one fits; false when it never can. */
function makeRoom(memory: Memory, piece: Held): boolean {
  if (memory.size + piece.size <= MAX_MEMORY && memory.held.length < MAX_PIECES) return true;
  const mayGo = memory.held.filter(isForgettable);
  const fixedSize = memory.size - mayGo.reduce((sum, { size }) => sum + size, 0);
  if (fixedSize + piece.size > MAX_MEMORY) return false;
  let count = mayGo.length;
  while (count > 0 && (memory.size + piece.size > MAX_MEMORY || count >= MAX_PIECES)) {
    forget(memory, memory.held.findIndex(isForgettable));
    count -= 1;
  }
  return true;
}

function isForgettable({ kind }: Held): boolean {
  return kind === 'tool' || kind === 'untrusted';
}

function forget(memory: Memory, at: number): Held {
  const [gone] = memory.held.splice(at, 1);
  assert(gone !== undefined, 'nothing to forget');
  memory.size -= gone.size;
  memory.readings.splice(at, 1);
  return gone;
}

/**
 * Returns the sorted names of a value's sources, never none.
 *
 * Names are `principal`, `session`, `untrusted`, `trusted`, `<tool>`, `<tool>:<field path>`; or
 * only `agent`, when the value stands in nothing the session remembers or is longer than that.
 * Source: spec/decide.md, section "Sources of a value".
 */
export function trace(memory: Memory, value: string | number): readonly string[] {
  const wanted = wantedIn(value);
  if (wanted === null) return noSource;
  const names = new Set<string>();
  for (const reading of memory.readings) namesIn(reading, wanted, names);
  return names.size === 0 ? noSource : [...names].sort();
}

/**
 * Returns whether one of a value's sources is among those given. `<tool>:<path>` stands for that
 * field and those below it.
 *
 * The same as asking `trace`, but reads no more than decides: first what was said, then only the
 * results that a given source can be in.
 */
export function isFrom(
  memory: Memory,
  value: string | number,
  sources: readonly string[],
): boolean {
  const wanted = wantedIn(value);
  if (wanted === null) return sources.includes('agent');
  const isIn = (reading: Reading): boolean => {
    const names = namesIn(reading, wanted, new Set());
    return [...names].some((name) => sources.some((source) => covers(source, name)));
  };
  const { readings } = memory;
  return (
    readings.some((reading) => isSaid(reading, sources) && isIn(reading)) ||
    readings.some((reading) => isResultOf(reading, sources) && isIn(reading)) ||
    (sources.includes('agent') && trace(memory, value) === noSource)
  );
}

function covers(source: string, name: string): boolean {
  return source === name || (source.includes(':') && name.startsWith(`${source}.`));
}

function isSaid({ held }: Reading, sources: readonly string[]): boolean {
  return held.kind !== 'tool' && sources.includes(held.kind);
}

function isResultOf({ held }: Reading, sources: readonly string[]): boolean {
  if (held.kind !== 'tool') return false;
  return sources.some((source) => {
    if (source === 'trusted') return mayBeTrusted(held);
    return source === 'untrusted' || source === held.tool || source.startsWith(`${held.tool}:`);
  });
}

/** Null for a value without text, or longer than anything remembered. */
function wantedIn(value: string | number): Wanted | null {
  if (typeof value === 'string' && value.length > MAX_SEGMENT) return null;
  const wanted = wantedOf(value);
  return wanted.forms.length === 0 ? null : wanted;
}

function namesIn(reading: Reading, wanted: Wanted, names: Set<string>): Set<string> {
  const entry = reading.entry ?? read(reading, wanted.probe);
  if (entry !== null) collect(entry, wanted, names);
  return names;
}

/** Returns the entry of a piece, or null when its text shows that the value is not in it. */
function read(reading: Reading, probe: string): Entry | null {
  if (reading.lower === undefined) reading.lower = lowerOf(reading.held);
  if (reading.lower !== null && !reading.lower.includes(probe)) return null;
  reading.entry = entryOf(reading.held);
  reading.lower = null;
  return reading.entry;
}

const otherEscape = /\\[^n]/;

/**
 * A Latin text in lower case, or null when an escape in it may stand for part of a word. Typeset
 * signs stay as they are: a probe has none of the quotes they stand for.
 */
function lowerOf(held: Held): string | null {
  if (held.kind !== 'tool') return isLatin(held.text) ? held.text.toLowerCase() : null;
  const { returned } = held;
  if (returned.kind !== 'whole' || typeof returned.result !== 'string') return null;
  const text = returned.result;
  const mayEscape = returned.trust.format !== 'text' && text.includes('\\');
  if (!isLatin(text) || (mayEscape && otherEscape.test(text))) return null;
  return text.toLowerCase();
}

/**
 * Returns whether a tool's result holds a segment with text that is not trusted.
 *
 * Exact for declared fields. A result of a tool whose fields differ is read until it is known.
 * Source: spec/decide.md, section "Labels".
 */
export function holdsUntrusted({ result, trust }: Pick<ToolContent, 'result' | 'trust'>): boolean {
  return holdsUntrustedText(result, trust);
}
