import type { JsonObject } from '../json.ts';
import type { Held } from './held.ts';
import { collapse, foldLower, normalise, withoutMarks } from './normalise.ts';
import { cutLeaves, cutText } from './segment.ts';
import type { Part } from './split.ts';
import { leavesOf, splitResult } from './split.ts';
import { nextStanding, standsIn } from './stands.ts';
import type { Wanted } from './wanted.ts';

const between = '\x01';
const edge = '\x02';

/** Text of all parts, each closed by an edge (U+0002); `ends` are the indices of those edges. */
type Sheet = { readonly text: string; readonly ends: readonly number[] };

/**
 * One piece of content, in parts; leaves of a part are apart by U+0001, which no value holds.
 *
 * `tight` is folded and in lower case, and white space is as it was: enough for a value without
 * any. `spaced` is normalised in full and `calls` are the calls' arguments; both made when needed.
 */
export type Entry = {
  readonly held: Held;
  readonly parts: readonly Part[];
  readonly tight: Sheet;
  spaced: Sheet | null;
  calls: readonly string[] | null;
};

const beyondAscii = /[^\x00-\x7f]/;

/** Returns held content as an entry. */
export function entryOf(held: Held): Entry {
  const parts = partsOf(held);
  const joined = parts.map((part) => cutLeaves(part.leaves).join(between));
  const whole = joined.join(edge);
  const isLower = !beyondAscii.test(whole);
  const sheet = sheetOf(isLower ? whole.toLowerCase() : foldedText(joined));
  const tight = sheet.ends.length === parts.length ? sheet : sheetOf(foldedText(joined));
  return { held, parts, tight, spaced: null, calls: null };
}

function partsOf(held: Held): readonly Part[] {
  if (held.kind === 'tool') {
    const { returned } = held;
    if (returned.kind === 'parts') return returned.parts;
    return splitResult(returned.result, returned.trust);
  }
  return [{ path: '', isTrusted: held.kind !== 'untrusted', leaves: [held.text] }];
}

/** Folding may lengthen a text, and a text may hold the edge itself: neither moves a part. */
function foldedText(joined: readonly string[]): string {
  return joined.map((text) => cutText(foldLower(text.replaceAll(edge, ' ')))).join(edge);
}

function sheetOf(within: string): Sheet {
  const text = edge + within + edge;
  const ends: number[] = [];
  for (let at = text.indexOf(edge, 1); at !== -1; at = text.indexOf(edge, at + 1)) ends.push(at);
  return { text, ends };
}

/** Adds to `names` the sources that a value has in this entry. */
export function collect(entry: Entry, wanted: Wanted, names: Set<string>): void {
  let isChecked = false;
  const sheet = wanted.hasSpace ? spacedSheet(entry) : entry.tight;
  for (const form of wanted.forms) {
    let at = nextStanding(sheet.text, form, 0);
    if (at === -1) continue;
    if (!isChecked && isEcho(entry, wanted)) return;
    isChecked = true;
    for (const [index, end] of sheet.ends.entries()) {
      if (at === -1) break;
      if (at >= end) continue;
      addNames(entry, index, names);
      at = nextStanding(sheet.text, form, end);
    }
  }
}

function spacedSheet(entry: Entry): Sheet {
  const { text } = entry.tight;
  entry.spaced ??= sheetOf(collapse(text.slice(1, -1)));
  return entry.spaced;
}

/** Whether the value already stood in the arguments of every call that gave the result. */
function isEcho(entry: Entry, wanted: Wanted): boolean {
  if (entry.held.kind !== 'tool') return false;
  entry.calls ??= entry.held.calls.map(callText);
  return entry.calls.every((call) => wanted.forms.some((form) => standsIn(call, form)));
}

function callText(args: JsonObject): string {
  return normalise(leavesOf(args).map(withoutMarks).join(between));
}

function addNames({ held, parts }: Entry, index: number, names: Set<string>): void {
  if (held.kind !== 'tool') {
    names.add(held.kind);
    return;
  }
  const part = parts[index];
  if (part === undefined) return;
  names.add(held.tool);
  names.add(part.isTrusted ? 'trusted' : 'untrusted');
  if (part.path !== '') names.add(`${held.tool}:${part.path}`);
}
