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

const none: readonly string[] = [];
const wideDelimiter = /[\p{White_Space}\p{Pi}\p{Pf}\p{Ps}\p{Pe}\p{Po}]/u;

/**
 * Returns the identifiers in a text in order, each once, as written but folded.
 *
 * Source: spec/decide.md, section "Sources of a value".
 */
export function identifiersInText(text: string): readonly string[] {
  if (text.length < 4) return none;
  const folded = fold(text);
  const dotted = folded.includes('。') ? folded.replaceAll('。', '.') : folded;
  const found: string[] = [];
  const digits = addWords(dotted, found);
  if (digits >= 8) found.push(...groupedNumbersIn(dotted));
  return found.length < 2 ? found : [...new Set(found)];
}

/** Adds what each word holds; returns how many digits the text has. */
function addWords(text: string, found: string[]): number {
  let start = 0;
  let digits = 0;
  let before = 0;
  let isMarked = false;
  let isWide = false;
  for (let at = 0; at <= text.length; at += 1) {
    const kind = kindAt(text, at);
    if (kind === DIGIT) digits += 1;
    else if (kind === MARK) isMarked = true;
    else if (kind > DIGIT) isWide = true;
    else if (kind === DOT) isMarked ||= kindAt(text, at + 1) >= LETTER;
    else if (kind === DELIMITER) {
      const length = at - start;
      const mayHold = isMarked || digits - before >= 8 || (length >= 12 && digits > before);
      if (length >= 4 && (mayHold || (isWide && length >= 8))) {
        const word = text.slice(start, at);
        addWord(word, found);
        if (isWide) addUnspaced(word, found);
      }
      start = at + 1;
      before = digits;
      isMarked = false;
      isWide = false;
    }
  }
  return digits;
}

const unspacedScripts = ['Han', 'Hira', 'Kana', 'Thai', 'Laoo', 'Khmr', 'Mymr'];
const unspaced: RegExp = new RegExp(
  `[${unspacedScripts.map((script) => `\\p{Script=${script}}`).join('')}]+`,
  'u',
);

/** Adds what stands between characters of scripts that are written without blanks. */
function addUnspaced(word: string, found: string[]): void {
  const pieces = word.split(unspaced);
  if (pieces.length > 1) for (const piece of pieces) if (piece.length >= 4) addWord(piece, found);
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

function addWord(word: string, found: string[]): void {
  if (bareAddress.test(word)) {
    found.push(word);
    return;
  }
  const at = word.indexOf('://');
  const start = schemeStart(word, at);
  if (at <= 0 || start === at) {
    addPieces(word, found);
    return;
  }
  addPieces(word.slice(0, start), found);
  found.push(trimUrl(word.slice(start)));
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
function addPieces(word: string, found: string[]): void {
  for (const match of word.matchAll(/[^()[\]{},;|=&!?#$^*]+/g)) {
    const piece = trimPiece(match[0]);
    const start = match.index + match[0].indexOf(piece);
    const host = /^[^/:]*/.exec(piece)?.[0] ?? '';
    const after = word.slice(start + host.length, start + host.length + 2);
    if (/^(?:[/?#]|:\d)/.test(after) && isHost(host)) {
      found.push(trimUrl(word.slice(start)));
      return;
    }
    addPiece(piece, found);
  }
}

function trimPiece(piece: string): string {
  let [start, end] = [0, piece.length];
  while (start < end && '-_:%+'.includes(piece.charAt(start))) start += 1;
  while (end > start && '-_:%+~.'.includes(piece.charAt(end - 1))) end -= 1;
  return piece.slice(start, end);
}

function addPiece(piece: string, found: string[]): void {
  if (isLocalPath(piece)) found.push(piece);
  else for (const part of piece.split(':')) addPart(part, found);
}

function addPart(part: string, found: string[]): void {
  if (part.includes('@')) addAddresses(part, found);
  else if (isAmount(part)) return;
  else if (isPath(part) || isHost(part) || isAddress(part)) found.push(trimPiece(part));
  else for (const token of part.split(/[^\p{L}\p{N}\p{M}-]+/u)) addToken(token, found);
}

/** Adds each `name@host`; what is before the first or after the last name and host stays out. */
function addAddresses(part: string, found: string[]): void {
  const sides = part.split('@');
  for (const [index, side] of sides.entries()) {
    const name = lastRun(sides[index - 1] ?? '');
    const host = trimPiece(firstRun(side));
    if (index > 0 && name !== '' && host.length >= 2) found.push(`${name}@${host}`);
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

/** A number with one or two decimals. */
function isAmount(text: string): boolean {
  return /^\d+\.\d{1,2}$/.test(text);
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

function addToken(token: string, found: string[]): void {
  if (token.length < 8) return;
  if (uuid.test(token)) found.push(token);
  else for (const run of token.split('-')) if (isAccount(run) || isOpaque(run)) found.push(run);
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
