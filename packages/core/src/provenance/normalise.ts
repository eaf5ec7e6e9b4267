/**
 * White space that is not already one blank. U+0001 to U+0003 are marks of ours and are kept; every
 * other control character counts as white space.
 */
const spaces = / [\x00\x04-\x20\x7f]+|[\x00\x04-\x1f\x7f][\x00\x04-\x20\x7f]*/g;
const wideSpaces = /[\x00\x04-\x20\x7f-\x9f\p{White_Space}]+/gu;
const notPlain = /[^\n\x01-\x03\x20-\x7e]/;
const beyondAscii = /[^\x00-\x7f]/;
const ignorable = /\p{Default_Ignorable_Code_Point}+/gu;
const marks = /[\x01-\x03]/g;
const notOneWord = /[^\x21-\x7e]/;

/**
 * Returns the text as every comparison sees it: no invisible characters (zero-width, tags, soft
 * hyphens, variation selectors), NFKC, case kept. ASCII is returned as it is.
 *
 * Invisible characters go before NFKC, so that none keeps a letter and its accent apart.
 */
export function fold(text: string): string {
  return beyondAscii.test(text) ? text.replace(ignorable, '').normalize('NFKC') : text;
}

/**
 * Returns the text folded and in lower case, white space as it was.
 *
 * The final sigma is written like any other: which one lower case yields depends on what follows.
 */
export function foldLower(text: string): string {
  if (!beyondAscii.test(text)) return text.toLowerCase();
  return fold(text).toLowerCase().replaceAll('ς', 'σ');
}

/** Returns a folded text with runs of white space as one blank; U+0001 to U+0003 survive. */
export function collapse(text: string): string {
  if (!notPlain.test(text)) return collapsePlain(text);
  return text.replace(beyondAscii.test(text) ? wideSpaces : spaces, ' ');
}

/** The same for text whose only white space is blanks and line breaks. */
function collapsePlain(text: string): string {
  const flat = text.includes('\n') ? text.replaceAll('\n', ' ') : text;
  return flat.includes('  ') ? flat.replace(/ {2,}/g, ' ') : flat;
}

/**
 * Returns the text folded, in lower case, with runs of white space as one blank.
 *
 * Source: spec/decide.md, section "Sources of a value".
 */
export function normalise(text: string): string {
  return collapse(foldLower(text));
}

/** Returns the text without the three characters that mark leaves, parts and cuts. */
export function withoutMarks(text: string): string {
  return text.replace(marks, ' ');
}

/** A value as it is looked for; none without text. Every spelling begins with the first. */
export type Wanted = { readonly spellings: readonly string[]; readonly hasSpace: boolean };

/**
 * Returns how a value is looked for.
 *
 * A string has one spelling; a URL is without `http://`, `https://` and one trailing `/`. A number
 * is also looked for with trailing zeros up to two decimals (`50`, `50.0`, `50.00`).
 */
export function wantedOf(value: string | number): Wanted {
  if (typeof value === 'number') return { spellings: numberSpellings(value), hasSpace: false };
  const isOneWord = !notOneWord.test(value);
  const text = isOneWord ? value.toLowerCase() : normalise(withoutMarks(value)).trim();
  const address = text.startsWith('http') ? withoutScheme(text) : text;
  const spellings = address === '' ? [] : [address];
  return { spellings, hasSpace: !isOneWord && address.includes(' ') };
}

function withoutScheme(text: string): string {
  const scheme = /^https?:\/\//.exec(text);
  return scheme === null ? text : text.slice(scheme[0].length).replace(/\/$/, '');
}

function numberSpellings(value: number): readonly string[] {
  const text = String(value).toLowerCase();
  if (!/^-?\d+(\.\d)?$/.test(text)) return [text];
  return text.includes('.') ? [text, `${text}0`] : [text, `${text}.0`, `${text}.00`];
}
