import type { CompiledPact, Event, Json, JsonObject, Tool } from '@plumbline/core';

import type { OpenSession } from './history.ts';
import { fieldsIn, scalarsIn } from './paths.ts';
import { subjectOf } from './subject.ts';

/** One piece of text a session has seen. `echoes` are the arguments it may only repeat. */
type Segment = {
  readonly names: readonly string[];
  readonly text: string;
  readonly isTool: boolean;
  readonly echoes: readonly string[];
};

/** What a session has seen; `tainted` are the outcomes that came out of a tainted memory. */
type Seen = {
  readonly pact: CompiledPact;
  readonly session: OpenSession | null;
  readonly tainted: ReadonlySet<Event>;
};

const segmentLength = 64 * 1024;
const sessionLength = 256 * 1024;

/**
 * Returns the names of the sources of one value of an action, `['agent']` for one in no segment.
 *
 * Source: spec/decide.md, section "Sources of a value".
 */
export function sourcesOf(seen: Seen, value: string | number): readonly string[] {
  const forms = formsOf(value);
  const isIn = (text: string): boolean => forms.some((form) => stands(form, text));
  const names = segmentsOf(seen)
    .filter(({ text, echoes }) => isIn(text) && !echoes.some(isIn))
    .flatMap(({ names: own }) => own);
  return names.length === 0 ? ['agent'] : [...new Set(names)];
}

/** Returns whether some identifier of the arguments has no source that is believed. */
export function hasUntrustedIdentifier(seen: Seen, args: JsonObject): boolean {
  return scalarsIn(args)
    .filter((value) => typeof value === 'string')
    .flatMap(identifiersIn)
    .some((identifier) => {
      const sources = sourcesOf(seen, identifier);
      return !['trusted', 'principal', 'session'].some((name) => sources.includes(name));
    });
}

/** Returns whether a result holds anything its tool does not vouch for. */
export function holdsUntrusted(tool: Tool, result: Json): boolean {
  return resultPieces(tool, result).some(({ isTrusted }) => !isTrusted);
}

function segmentsOf({ pact, session, tainted }: Seen): readonly Segment[] {
  if (session === null) return [];
  const { principal, attributes } = session.opened;
  const attested = [...scalarsIn(attributes), principal].map((value) =>
    segment(['session'], String(value)),
  );
  const seen = session.life.flatMap((event): readonly Segment[] => {
    if (event.kind === 'message') return [segment([event.from], event.text)];
    if (event.kind !== 'outcome' || event.status === 'not_sent') return [];
    const { tool, isDeclared } = subjectOf(pact, event.tool, new Map());
    if (!isDeclared) return [];
    const echoes = scalarsIn(event.args).map((value) => normal(String(value)));
    const isBelieved = !tainted.has(event);
    return resultPieces(tool, event.result).map(({ path, text, isTrusted }) => ({
      ...segment(namesOf(tool, path, isTrusted && isBelieved), text),
      isTool: true,
      echoes,
    }));
  });
  return withinBounds([...attested, ...seen].filter(({ text }) => text !== ''));
}

function namesOf(tool: Tool, path: string, isTrusted: boolean): readonly string[] {
  const trust = isTrusted ? 'trusted' : 'untrusted';
  return path === '' ? [tool.name, trust] : [tool.name, `${tool.name}:${path}`, trust];
}

function segment(names: readonly string[], text: string): Segment {
  return { names, text: normal(text.slice(0, segmentLength)), isTool: false, echoes: [] };
}

/** The oldest tool segments go first; then whatever came last and does not fit. */
function withinBounds(segments: readonly Segment[]): readonly Segment[] {
  let kept: readonly Segment[] = [];
  for (const next of segments) {
    kept = [...kept, next];
    while (lengthOf(kept) > sessionLength) {
      const oldest = kept.findIndex(({ isTool }) => isTool);
      kept = kept.toSpliced(oldest < 0 ? kept.length - 1 : oldest, 1);
    }
  }
  return kept;
}

function lengthOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { text }) => sum + text.length, 0);
}

type Piece = { readonly path: string; readonly text: string; readonly isTrusted: boolean };

function resultPieces(tool: Tool, result: Json): readonly Piece[] {
  if (result === null || typeof result === 'boolean') return [];
  const structured = structureOf(tool, result);
  if (structured === null) {
    const { byDefault, untrusted } = tool.trust;
    const isTrusted = byDefault === 'trusted' && untrusted.length === 0;
    const text = typeof result === 'object' ? '' : String(result);
    return [{ path: '', text, isTrusted }];
  }
  const fields = [...fieldsIn(structured), ...keysIn(tool, structured, '')];
  return fields.map(([path, text]) => ({ path, text, isTrusted: isTrustedField(tool, path) }));
}

/** Keys are text of their own field, unless a declaration is about that field or one below it. */
function keysIn(tool: Tool, value: Json, path: string): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isList(value)) return value.flatMap((element) => keysIn(tool, element, path));
  const declared = [...tool.trust.trusted, ...tool.trust.untrusted];
  return Object.entries(value).flatMap(([name, member]) => {
    const own = path === '' ? name : `${path}.${name}`;
    const isDeclared = declared.some((field) => field === own || field.startsWith(`${own}.`));
    const below = keysIn(tool, member, own);
    return isDeclared ? below : [[own, name] as const, ...below];
  });
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** A structured result, or text in the declared format that prints back to the same bytes. */
function structureOf(tool: Tool, result: Json): Json | null {
  if (typeof result === 'object') return result;
  if (typeof result !== 'string' || tool.trust.format !== 'json') return null;
  try {
    const parsed: Json = JSON.parse(result);
    const printed = [JSON.stringify(parsed), JSON.stringify(parsed, null, 2)];
    return typeof parsed === 'object' && printed.includes(result) ? parsed : null;
  } catch {
    // Text that is not JSON is one segment.
    return null;
  }
}

/** The nearest declaration at or above the field decides; without one the default does. */
function isTrustedField({ trust }: Tool, path: string): boolean {
  const covers = (declared: string): boolean =>
    path === declared || path.startsWith(`${declared}.`);
  const nearest = (paths: readonly string[]): number =>
    Math.max(-1, ...paths.filter(covers).map((declared) => declared.length));
  const [yes, no] = [nearest(trust.trusted), nearest(trust.untrusted)];
  return yes < 0 && no < 0 ? trust.byDefault === 'trusted' : yes > no;
}

/** Returns a value or segment as it is compared. */
export function normal(text: string): string {
  const visible = text.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '').normalize('NFKC');
  const plain = visible
    .replaceAll(/[‘’ʼ]/g, "'")
    .replaceAll(/[“”]/g, '"')
    .replaceAll('‐', '-')
    .replaceAll(/(?![0-9])\p{Nd}/gu, digitOf)
    .toLowerCase()
    .replaceAll('ς', 'σ');
  return plain.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** A digit of any script stands a known way after its zero. */
function digitOf(sign: string): string {
  const below = (count: number): string => String.fromCodePoint((sign.codePointAt(0) ?? 0) - count);
  const value = [1, 2, 3, 4, 5, 6, 7, 8, 9].findIndex((count) => !/^\p{Nd}$/u.test(below(count)));
  return String(value === -1 ? 9 : value);
}

/** Returns every way a value may be written, as patterns. */
function formsOf(value: string | number): readonly RegExp[] {
  if (typeof value === 'number') return numberForms(String(value).toLowerCase());
  const bare = normal(value)
    .replace(/^https?:\/\//, '')
    .replace(/^[#@](?=[\p{L}\p{N}])/u, '')
    .replace(/(?<=.)\/$/s, '');
  if (bare === '') return [];
  const plain = /^[1-9]\d{0,2}(,\d{3})+(\.\d{1,2})?$/.test(bare) ? bare.replaceAll(',', '') : bare;
  if (/^(0|[1-9]\d{0,14})(\.\d{1,2})?$/.test(plain)) return numberForms(String(Number(plain)));
  return isAccount(bare) ? [inGroups(bare.replaceAll(/[ ()+-]/g, ''))] : [literal(bare)];
}

function numberForms(text: string): readonly RegExp[] {
  if (/^-\d+(\.\d)?$/.test(text)) {
    return text.includes('.')
      ? [text, `${text}0`].map(literal)
      : [text, `${text}.0`, `${text}.00`].map(literal);
  }
  if (!/^\d+(\.\d{1,2})?$/.test(text)) return [literal(text)];
  const [whole = '', decimals = ''] = text.split('.');
  const apart = whole.replaceAll(/\B(?=(\d{3})+$)/g, "[,.' ]?");
  const zeros = decimals === '' ? ['', '[.,]0', '[.,]00'] : [`[.,]${decimals}`, `[.,]${decimals}0`];
  const isPlain = whole.length < 4 && decimals === '';
  const written = isPlain
    ? ['', '\\.0', '\\.00']
    : decimals.length === 2
      ? zeros.slice(0, 1)
      : zeros;
  const forms = written.map((end) => new RegExp(apart + end, 'g'));
  return decimals === '' && whole.length >= 7 ? [...forms, inGroups(whole)] : forms;
}

function literal(text: string): RegExp {
  return new RegExp(text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'g');
}

/** IBAN-like, or seven and more digits of an account or phone. */
function isAccount(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '').length;
  if (text.length > 48) return false;
  if (/^\+?[\d ()-]+$/.test(text)) return digits >= 7;
  const isLong = text.replaceAll(/[ -]/g, '').length >= 12;
  return isLong && digits >= 8 && /^[a-z]{2}\d{2}[a-z0-9]*([ -][a-z0-9]+)*$/.test(text);
}

function inGroups(compact: string): RegExp {
  return new RegExp(compact.split('').join('[ ()-]{0,2}'), 'g');
}

const unspaced = ['Hani', 'Hira', 'Kana', 'Hang', 'Thai', 'Laoo', 'Khmr', 'Mymr']
  .map((script) => `\\p{scx=${script}}`)
  .join('');
const beginsRunningOn = new RegExp(`^[${unspaced}]`, 'u');
const endsRunningOn = new RegExp(`[${unspaced}]$`, 'u');
const wordSign = `(?:(?![${unspaced}])[\\p{L}\\p{N}\\p{M}])`;
const joinedBefore = new RegExp(`(?:${wordSign}[-_.@/%]?|\\d:)$`, 'u');
const joinedAfter = new RegExp(`^(?:[-_.@/%]?${wordSign}|:\\d)`, 'u');
const joinedAfterDigit = new RegExp(`^[-_.@/%:]?${wordSign}`, 'u');

/** Returns whether a form stands in a text with nothing continuing it on either side. */
function stands(form: RegExp, text: string): boolean {
  form.lastIndex = 0;
  for (let found = form.exec(text); found !== null; found = form.exec(text)) {
    if (isWhole(text, found.index, found.index + found[0].length)) return true;
    form.lastIndex = found.index + 1;
  }
  return false;
}

function isWhole(text: string, start: number, end: number): boolean {
  const value = text.slice(start, end);
  const after = /[0-9]$/.test(value) ? joinedAfterDigit : joinedAfter;
  return (
    (beginsRunningOn.test(value) ||
      !joinedBefore.test(text.slice(Math.max(0, start - 4), start))) &&
    (endsRunningOn.test(value) || !after.test(text.slice(end, end + 4)))
  );
}

const identifierShapes: readonly RegExp[] = [
  /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i, // e-mail address
  /^https?:\/\/\S+$/i, // URL
  /^([a-z0-9-]+\.)+[a-z]{2,}$/i, // host name
  /^[a-z]{2}\d{2}[a-z0-9]{11,30}$/i, // IBAN-like
  /^\d{8,}$/, // account number
  /^(~|\.{1,2})?\/\S+$/, // path
];

/** Returns the identifiers in a text. */
function identifiersIn(text: string): readonly string[] {
  return text
    .split(/[\s,;()<>"']+/)
    .map((word) => word.replace(/[.!?:]+$/, ''))
    .filter((word) => identifierShapes.some((shape) => shape.test(word)) || isOpaque(word));
}

function isOpaque(word: string): boolean {
  return /^[A-Za-z0-9]{16,}$/.test(word) && /\d/.test(word) && /[A-Za-z]/.test(word);
}
