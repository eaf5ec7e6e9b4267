import { groupedNumbersIn } from './grouped-number.ts';
import { fold } from './normalise.ts';

/**
 * Finding identifiers in text, in linear time: one pass cuts the text into words and notes what
 * each holds; only words that can hold an identifier are cut further, with tests that never look
 * back. What is found:
 *
 * - e-mail and payment addresses (`name@host`);
 * - URLs, to the end of the word, so that nothing can be hung on a known address unseen;
 * - host names with a plausible last label (2 to 24 letters), with port, path and query; a file
 *   name (`report.docx`) looks the same and is found as a path, so no host hides behind a suffix;
 * - IPv4 addresses;
 * - paths: absolute, home, relative with a dot, drive and share paths, `a/b.txt`;
 * - account numbers: 8 digits in a row, IBAN-like, or grouped the way accounts and phones are;
 * - opaque ids: 16 or more letters and digits, mixed, and UUIDs.
 *
 * Dates, times, amounts and fractions are none. Where it is unclear, it is an identifier: that can
 * cost a question, and the other way would cost a leak.
 */

const DELIMITER = 1;
const MARK = 2;
const DOT = 3;
const LETTER = 4;
const DIGIT = 5;

const kinds: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (code <= 32 || code === 127 || '"\'`<>'.includes(char)) return DELIMITER;
  if ('@/\\'.includes(char)) return MARK;
  if (char === '.') return DOT;
  if (/[a-z]/i.test(char)) return LETTER;
  return /[0-9]/.test(char) ? DIGIT : 0;
});

const wideDelimiter = /[\p{White_Space}\p{Pi}\p{Pf}\p{Ps}\p{Pe}\p{Po}]/u;

/**
 * Returns the identifiers in a text in order, each once, as written but folded.
 *
 * Source: spec/decide.md, section "Sources of a value".
 */
export function identifiersInText(text: string): readonly string[] {
  if (text.length < 4) return [];
  const found = new Set<string>();
  const folded = fold(text).replaceAll('。', '.');
  const digits = addWords(folded, found);
  if (digits >= 8) for (const value of groupedNumbersIn(folded)) found.add(value);
  return found.size === 0 ? [] : [...found];
}

/** Adds what each word holds; returns how many digits the text has. */
function addWords(text: string, found: Set<string>): number {
  let [start, digits, before, mark, wide] = [0, 0, 0, 0, 0];
  for (let at = 0; at <= text.length; at += 1) {
    const kind = kindAt(text, at);
    if (kind === DIGIT) digits += 1;
    else if (kind === MARK || (kind === DOT && kindAt(text, at + 1) >= LETTER)) mark = 1;
    else if (kind === DELIMITER) {
      const isLong = digits > before && at - start >= 12;
      const isCandidate = mark + wide > 0 || isLong || digits - before >= 8;
      if (isCandidate && at - start >= 4) addWord(text.slice(start, at), found);
      [start, before, mark, wide] = [at + 1, digits, 0, 0];
    } else if (kind > DIGIT) wide = 1;
  }
  return digits;
}

function kindAt(text: string, at: number): number {
  if (at >= text.length) return DELIMITER;
  const code = text.charCodeAt(at);
  if (code < 128) return kinds[code] ?? 0;
  return wideDelimiter.test(text.charAt(at)) ? DELIMITER : DIGIT + 1;
}

const schemeChar = /[a-z0-9+.-]/i;
const sentence = new Set('.,;:!?*_~');
const brackets = new Set('()[]{}');

const bareAddress = /^[a-z0-9][a-z0-9._%+-]*@[a-z0-9.-]+[a-z0-9]$/i;

function addWord(word: string, found: Set<string>): void {
  if (bareAddress.test(word)) {
    found.add(word);
    return;
  }
  const at = word.indexOf('://');
  const start = schemeStart(word, at);
  if (at <= 0 || start === at) {
    addPieces(word, found);
    return;
  }
  addPieces(word.slice(0, start), found);
  found.add(trimUrl(word.slice(start)));
}

function schemeStart(word: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < 24 && schemeChar.test(word.charAt(start - 1))) start -= 1;
  return start;
}

/** Takes off the sentence's punctuation; a closing bracket only when the URL opens none. */
function trimUrl(url: string): string {
  const keepsBrackets = /[([{]/.test(url);
  let end = url.length;
  while (end > 0 && isTrimmed(url.charAt(end - 1), keepsBrackets)) end -= 1;
  return url.slice(0, end);
}

function isTrimmed(char: string, keepsBrackets: boolean): boolean {
  return sentence.has(char) || (!keepsBrackets && brackets.has(char));
}

/** Cuts a word at punctuation no address has; a host with a path or query runs to its end. */
function addPieces(word: string, found: Set<string>): void {
  for (const match of word.matchAll(/[^()[\]{},;|=&!?#$^*]+/g)) {
    const piece = trimPiece(match[0]);
    const rest = word.slice(match.index);
    if (isHostWithMore(piece, rest)) {
      found.add(trimUrl(rest));
      return;
    }
    addPiece(piece, found);
  }
}

function isHostWithMore(piece: string, rest: string): boolean {
  const next = /^[^/?#:]*/.exec(rest)?.[0] ?? '';
  const hasMore = /^(?:[/?#]|:\d)/.test(rest.slice(next.length, next.length + 2));
  return hasMore && piece.startsWith(next) && isHost(next);
}

function trimPiece(piece: string): string {
  let [start, end] = [0, piece.length];
  while (start < end && '-_:%+'.includes(piece.charAt(start))) start += 1;
  while (end > start && '-_:%+~.'.includes(piece.charAt(end - 1))) end -= 1;
  return piece.slice(start, end);
}

function addPiece(piece: string, found: Set<string>): void {
  if (isLocalPath(piece)) found.add(piece);
  else for (const part of piece.split(':')) addPart(part, found);
}

function addPart(part: string, found: Set<string>): void {
  if (part.includes('@')) addAddresses(part, found);
  else if (isPath(part) || isHost(part) || isAddress(part)) found.add(trimPiece(part));
  else for (const token of part.split(/[^\p{L}\p{N}\p{M}-]+/u)) addToken(token, found);
}

/** Adds each `name@host`; what is before the first or after the last name and host stays out. */
function addAddresses(part: string, found: Set<string>): void {
  const sides = part.split('@');
  for (const [index, side] of sides.entries()) {
    const name = lastRun(sides[index - 1] ?? '');
    const host = trimPiece(firstRun(side));
    if (index > 0 && name !== '' && host.length >= 2) found.add(`${name}@${host}`);
  }
}

function lastRun(text: string): string {
  let start = text.length;
  while (start > 0 && /[\p{L}\p{N}\p{M}._%+-]/u.test(text.charAt(start - 1))) start -= 1;
  return trimPiece(text.slice(start));
}

function firstRun(text: string): string {
  return /^[\p{L}\p{N}\p{M}.-]*/u.exec(text)?.[0] ?? '';
}

const label = /^[\p{L}\p{N}\p{M}_-]+$/u;
const lastLabel = /^(?:[\p{L}\p{M}]{2,24}|xn--[a-z0-9-]{1,59}|mp[34]|7z)$/iu;

/** A host or file name: two or more labels, the last one of letters, or a known odd suffix. */
function isHost(text: string): boolean {
  const labels = text.split('.');
  return labels.length > 1 && labels.every((part) => label.test(part)) && endsPlausibly(labels);
}

function endsPlausibly(labels: readonly string[]): boolean {
  return lastLabel.test(labels.at(-1) ?? '');
}

/** An IPv4 address. */
function isAddress(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text);
}

/** A drive or share path, or one with back slashes that ends in a file name. */
function isLocalPath(piece: string): boolean {
  if (!piece.includes('\\')) return /^[a-z]:\/[^/]/i.test(piece);
  return (
    /^(?:[a-z]:)?\\{1,2}[^\\]/i.test(piece) || isHost(piece.slice(piece.lastIndexOf('\\') + 1))
  );
}

/** An absolute path of two or more names, a home or dotted path, or one ending in a file name. */
function isPath(part: string): boolean {
  const last = part.lastIndexOf('/');
  if (last === -1 || part.length < 4) return false;
  if (/^(?:\.{1,2}|~)\/[^/]/.test(part)) return true;
  return /^\/[^/]+\/[^/]/.test(part) || isHost(part.slice(last + 1)) || isHostPath(part);
}

function isHostPath(part: string): boolean {
  const first = part.indexOf('/');
  return first > 0 && isHost(part.slice(0, first));
}

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const iban = /^[a-z]{2}\d{2}[a-z0-9]{8,30}$/i;
const day = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:t?\d{4,6}z?)?$/i;

function addToken(token: string, found: Set<string>): void {
  if (token.length < 8) return;
  if (uuid.test(token)) found.add(token);
  else for (const run of token.split('-')) if (isAccount(run) || isOpaque(run)) found.add(run);
}

/** 8 digits in a row that are no date, or what looks like an IBAN with at least 6 digits. */
function isAccount(run: string): boolean {
  if (/\p{Nd}{8}/u.test(run)) return !day.test(run);
  return iban.test(run) && run.replace(/\D+/g, '').length >= 6;
}

/** 16 or more letters and digits, with both. */
function isOpaque(run: string): boolean {
  return run.length >= 16 && /\p{Nd}/u.test(run) && /\p{L}/u.test(run) && !day.test(run);
}
