import type { Form } from './wanted.ts';

const wordBeyondAscii = /[\p{L}\p{N}\p{M}]/u;

/** Scripts written without blanks between words, or with particles right after them. */
const unspaced = ['Hani', 'Hira', 'Kana', 'Hang', 'Thai', 'Laoo', 'Khmr', 'Mymr'];
const runsOn: RegExp = new RegExp(
  unspaced.map((name) => `\\p{Script_Extensions=${name}}`).join('|'),
  'u',
);

/** 1: letter, digit or the mark of a cut (U+0003); 2: joining character. By ASCII code. */
const asciiKinds: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (code === 3 || /[0-9a-z]/i.test(char)) return 1;
  return '_-.@/:%'.includes(char) ? 2 : 0;
});

/**
 * Returns whether a form of a value stands in `text`: it occurs there, and no letter, digit or
 * joining character (`_ - . @ / %`, or a `:` at a digit, next to a letter or digit) continues it on
 * either side. Scripts without blanks between words continue nothing.
 *
 * Both normalised. Source: spec/decide.md, section "Sources of a value".
 */
export function standsIn(text: string, form: Form): boolean {
  return nextStanding(text, form, 0) !== -1;
}

/** Returns the first index at or after `from` where the form stands, or -1. */
export function nextStanding(text: string, form: Form, from: number): number {
  if (typeof form !== 'string') return nextMatch(text, form, from);
  let at = text.indexOf(form, from);
  while (at !== -1 && isContinued(text, at, at + form.length)) at = text.indexOf(form, at + 1);
  return at;
}

function nextMatch(text: string, form: RegExp, from: number): number {
  form.lastIndex = from;
  for (let found = form.exec(text); found !== null; found = form.exec(text)) {
    if (!isContinued(text, found.index, form.lastIndex)) return found.index;
    form.lastIndex = found.index + 1;
  }
  return -1;
}

function isContinued(text: string, start: number, end: number): boolean {
  return (
    (start > 0 && !endsRunningOn(text, start) && isJoinedBefore(text, start)) ||
    (end < text.length && !endsRunningOn(text, end - 1) && isJoinedAfter(text, end))
  );
}

function endsRunningOn(text: string, at: number): boolean {
  return text.charCodeAt(at) >= 128 && runsOn.test(characterAt(text, at));
}

function isJoinedBefore(text: string, start: number): boolean {
  const at = start - 1;
  if (text.charCodeAt(at) === colon) return isDigit(text, at - 1);
  return isWord(text, at) || (isJoiner(text, at) && isWord(text, at - 1));
}

function isJoinedAfter(text: string, at: number): boolean {
  if (text.charCodeAt(at) === colon && !isDigit(text, at + 1) && !isDigit(text, at - 1))
    return false;
  return isWord(text, at) || (isJoiner(text, at) && isWord(text, at + 1));
}

const colon = 58;

function isJoiner(text: string, at: number): boolean {
  return asciiKinds[text.charCodeAt(at)] === 2;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function isWord(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return false;
  const code = text.charCodeAt(at);
  if (code < 128) return asciiKinds[code] === 1;
  const character = characterAt(text, at);
  return wordBeyondAscii.test(character) && !runsOn.test(character);
}

function characterAt(text: string, at: number): string {
  const isLow = (text.charCodeAt(at) & 0xfc00) === 0xdc00;
  return String.fromCodePoint(text.codePointAt(isLow && at > 0 ? at - 1 : at) ?? 0);
}
