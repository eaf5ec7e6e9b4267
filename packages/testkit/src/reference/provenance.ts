import type { CompiledPact, Json, JsonObject, Tool } from '@plumbline/core';

import type { OpenSession } from './history.ts';
import { fieldsIn, scalarsIn } from './paths.ts';

/** One piece of text a session has seen. `echoes` are the arguments it may only repeat. */
type Segment = {
  readonly names: readonly string[];
  readonly text: string;
  readonly isTool: boolean;
  readonly echoes: readonly string[];
};

const segmentLength = 64 * 1024;
const sessionLength = 256 * 1024;

/**
 * Returns the names of the sources of one value of an action, `['agent']` for one in no segment.
 *
 * Source: spec/decide.md, section "Sources of a value".
 */
export function sourcesOf(
  pact: CompiledPact,
  session: OpenSession | null,
  value: string | number,
): readonly string[] {
  const wanted = normal(String(value));
  const names = segmentsOf(pact, session)
    .filter(({ text, echoes }) => stands(wanted, text) && !echoes.some((e) => stands(wanted, e)))
    .flatMap(({ names: own }) => own);
  return names.length === 0 ? ['agent'] : [...new Set(names)];
}

/** Returns whether some identifier of the arguments has no source that is believed. */
export function hasUntrustedIdentifier(
  pact: CompiledPact,
  session: OpenSession | null,
  args: JsonObject,
): boolean {
  return scalarsIn(args)
    .filter((value) => typeof value === 'string')
    .flatMap(identifiersIn)
    .some((identifier) => {
      const sources = sourcesOf(pact, session, identifier);
      return !['trusted', 'principal', 'session'].some((name) => sources.includes(name));
    });
}

/** Returns whether a result holds anything its tool does not vouch for. */
export function holdsUntrusted(tool: Tool, result: Json): boolean {
  return resultPieces(tool, result).some(({ isTrusted }) => !isTrusted);
}

function segmentsOf(pact: CompiledPact, session: OpenSession | null): readonly Segment[] {
  if (session === null) return [];
  const { principal, attributes } = session.opened;
  const attested = [...scalarsIn(attributes), principal].map((value) =>
    segment(['session'], String(value)),
  );
  const seen = session.life.flatMap((event): readonly Segment[] => {
    if (event.kind === 'message') return [segment([event.from], event.text)];
    if (event.kind !== 'outcome' || event.status === 'not_sent') return [];
    const tool = pact.tools.get(event.tool);
    if (tool === undefined) return [];
    const echoes = scalarsIn(event.args).map((value) => normal(String(value)));
    return resultPieces(tool, event.result).map(({ path, text, isTrusted }) => ({
      ...segment(namesOf(tool, path, isTrusted), text),
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
  if (result === null || result === '') return [];
  const { byDefault, trusted, untrusted } = tool.trust;
  const isByField = trusted.length + untrusted.length > 0;
  const structured = isByField ? structureOf(tool, result) : null;
  if (structured === null) {
    const text = typeof result === 'object' ? scalarsIn(result).join('\n') : String(result);
    return [{ path: '', text, isTrusted: byDefault === 'trusted' }];
  }
  return fieldsIn(structured).map(([path, text]) => ({
    path,
    text,
    isTrusted: isTrustedField(tool, path),
  }));
}

/** A structured result, or text in the declared format that prints back to the same bytes. */
function structureOf(tool: Tool, result: Json): Json | null {
  if (typeof result === 'object') return result;
  if (typeof result !== 'string' || tool.trust.format !== 'json') return null;
  try {
    const parsed: Json = JSON.parse(result);
    return typeof parsed === 'object' && JSON.stringify(parsed) === result ? parsed : null;
  } catch {
    // Text that is not JSON is one segment.
    return null;
  }
}

/** The longest declared path at or above the field decides; without one the default does. */
function isTrustedField({ trust }: Tool, path: string): boolean {
  const covers = (declared: string): boolean =>
    path === declared || path.startsWith(`${declared}.`);
  const longest = (paths: readonly string[]): number =>
    Math.max(-1, ...paths.filter(covers).map((declared) => declared.length));
  const [yes, no] = [longest(trust.trusted), longest(trust.untrusted)];
  return yes === no ? yes < 0 && trust.byDefault === 'trusted' : yes > no;
}

/** Returns a value or segment as it is compared. */
function normal(text: string): string {
  const plain = text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
  return /^https?:\/\//.test(plain) ? plain.replace(/^https?:\/\//, '').replace(/\/$/, '') : plain;
}

/** Returns whether a value stands in a text with nothing continuing it on either side. */
function stands(value: string, text: string): boolean {
  if (value === '') return false;
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    const before = text.slice(0, at);
    const after = text.slice(at + value.length);
    const isContinued =
      /[\p{L}\p{N}][-_.@/:%]?$/u.test(before) || /^[-_.@/:%]?[\p{L}\p{N}]/u.test(after);
    if (!isContinued) return true;
  }
  return false;
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
