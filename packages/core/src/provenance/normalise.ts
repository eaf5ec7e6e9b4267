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
/**
 * What NFKC, and the removal of invisible characters, may change: everything but ASCII, the letters
 * of Latin-1 and Latin Extended-A that stand for themselves, and the commonest typeset signs.
 */
const beyondLatin = /[^\x00-\x7f\xc0-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e–—‘’“”•€]/;
const typeset = /[‘’ʼ“”‐]|(?![0-9])\p{Nd}/u;
const typesetSigns = /[‘’ʼ“”‐]/g;
const otherDigits = /(?![0-9])\p{Nd}/gu;
const digit = /^\p{Nd}$/u;

/**
 * Returns the text as every comparison sees it: no invisible characters (zero-width, tags, soft
 * hyphens, variation selectors), NFKC, curly quotes, typeset hyphens and the digits of every script
 * as ASCII has them, case kept. ASCII is returned as it is.
 *
 * Invisible characters go before NFKC, so that none keeps a letter and its accent apart.
 */
export function fold(text: string): string {
  if (isLatin(text)) return text.replace(typesetSigns, plainSign);
  const folded = text.replace(ignorable, '').normalize('NFKC');
  if (!typeset.test(folded)) return folded;
  return folded.replace(typesetSigns, plainSign).replace(otherDigits, plainDigit);
}

/** Returns whether folding a text changes no more than its typeset signs, each for one other. */
export function isLatin(text: string): boolean {
  return !beyondLatin.test(text);
}

function plainSign(sign: string): string {
  if (sign === '‐') return '-';
  return sign === '“' || sign === '”' ? '"' : "'";
}

/** Every script has its ten digits in a row, so the zero is where the row begins. */
function plainDigit(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && digit.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
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
