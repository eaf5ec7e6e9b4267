/**
 * White space that is not already one blank. U+0001 to U+0003 are marks of ours and are kept; every
 * other control character counts as white space.
 */
const spaces = / [\x00\x04-\x20\x7f]+|[\x00\x04-\x1f\x7f][\x00\x04-\x20\x7f]*/g;
const wideSpaces = /[\x00\x04-\x20\x7f-\x9f\p{White_Space}]+/gu;
const beyondAscii = /[^\x00-\x7f]/;
const ignorable = /\p{Default_Ignorable_Code_Point}+/gu;
const marks = /[\x01-\x03]/g;

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
 * Returns the text folded, in lower case, with runs of white space as one blank.
 *
 * U+0001 to U+0003 survive: they separate leaves and fields, and mark a cut. The final sigma is
 * written like any other, because which one lower case yields depends on what follows.
 * Source: spec/decide.md, section "Sources of a value".
 */
export function normalise(text: string): string {
  if (!beyondAscii.test(text)) return text.toLowerCase().replace(spaces, ' ');
  const lower = fold(text).toLowerCase().normalize('NFKC');
  return lower.replaceAll('ς', 'σ').replace(wideSpaces, ' ');
}

/** Returns the text without the three characters that mark leaves, fields and cuts. */
export function withoutMarks(text: string): string {
  return text.replace(marks, ' ');
}

/**
 * Returns the spellings under which a value is looked for, the plainest first; none for a value
 * without text.
 *
 * A string has one; a URL is without `http://`, `https://` and one trailing `/`. A number is also
 * looked for with trailing zeros up to two decimals (`50`, `50.0`, `50.00`).
 */
export function spellings(value: string | number): readonly string[] {
  if (typeof value === 'number') return numberSpellings(value);
  const text = normalise(withoutMarks(value)).trim();
  const scheme = /^https?:\/\//.exec(text);
  if (scheme === null) return text === '' ? [] : [text];
  const address = text.slice(scheme[0].length).replace(/\/$/, '');
  return address === '' ? [] : [address];
}

function numberSpellings(value: number): readonly string[] {
  const text = String(value).toLowerCase();
  if (!/^-?\d+(\.\d)?$/.test(text)) return [text];
  return text.includes('.') ? [text, `${text}0`] : [text, `${text}.0`, `${text}.00`];
}
