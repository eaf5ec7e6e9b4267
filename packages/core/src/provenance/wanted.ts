import { normalise, withoutMarks } from './normalise.ts';

/** One way a value may be written: a text, or a pattern (flag `g`) for one written in groups. */
export type Form = string | RegExp;

/**
 * A value as it is looked for; without forms it has no text.
 *
 * `probe` is what every form begins with. `hasSpace`: a form may hold white space.
 */
export type Wanted = {
  readonly forms: readonly Form[];
  readonly probe: string;
  readonly hasSpace: boolean;
};

const notOneWord = /[^\x21-\x7e]/;
const decimal = /^(?:0|[1-9]\d{0,14})(?:\.\d{1,2})?$/;
const thousands = /^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d{1,2})?$/;

/**
 * Returns how a value is looked for.
 *
 * A text is looked for as it is; a URL without `http://` and `https://`, any text without one `#`
 * or `@` before it and one `/` after it. A number, also one that is a text, is looked for with
 * zeros up to two decimals, a decimal comma and its thousands apart; an account or phone number
 * whether it is written in groups or not.
 * Source: spec/decide.md, section "Sources of a value".
 */
export function wantedOf(value: string | number): Wanted {
  if (typeof value === 'number') return numberWanted(String(value).toLowerCase());
  const isOneWord = !notOneWord.test(value);
  const text = isOneWord ? value.toLowerCase() : normalise(withoutMarks(value)).trim();
  if (text === '') return { forms: [], probe: '', hasSpace: false };
  const bare = withoutEdges(text.startsWith('http') ? withoutScheme(text) : text);
  if (bare === '') return { forms: [], probe: '', hasSpace: false };
  if (decimal.test(bare)) return numberWanted(String(Number(bare)));
  if (thousands.test(bare)) return numberWanted(String(Number(bare.replaceAll(',', ''))));
  return accountWanted(bare) ?? textWanted(bare);
}

function withoutScheme(text: string): string {
  return text.replace(/^https?:\/\//, '');
}

const sigil = /^[#@](?=[\p{L}\p{N}])/u;

function withoutEdges(text: string): string {
  const start = sigil.test(text) ? 1 : 0;
  const end = text.length > 1 && text.endsWith('/') ? text.length - 1 : text.length;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function textWanted(text: string): Wanted {
  return { forms: [text], probe: longestPiece(text), hasSpace: text.includes(' ') };
}

/** The longest piece that no folding, quoting or white space can part. */
function longestPiece(text: string): string {
  if (!/[ '"]/.test(text)) return text;
  const pieces = text.split(/[ '"]+/);
  return pieces.reduce((longest, piece) => (piece.length > longest.length ? piece : longest), '');
}

/** `text` is as JavaScript prints the number. */
function numberWanted(text: string): Wanted {
  const spellings = withZeros(text);
  const [, whole = '', decimals = ''] = /^(\d+)(?:\.(\d{1,2}))?$/.exec(text) ?? [];
  if (whole.length < 4 && decimals === '')
    return { forms: spellings, probe: text, hasSpace: false };
  const forms: Form[] = [...spellings, thousandsApart(whole, decimals)];
  if (decimals === '' && whole.length >= 7) forms.push(inGroups(whole));
  const isWhole = whole.length < 4;
  return { forms, probe: isWhole ? whole : whole.charAt(0), hasSpace: !isWhole };
}

function withZeros(text: string): readonly string[] {
  if (!/^-?\d+(\.\d)?$/.test(text)) return [text];
  return text.includes('.') ? [text, `${text}0`] : [text, `${text}.0`, `${text}.00`];
}

/** `1,250.50`, `1.250,50`, `1 250,50`, `1'250.50`, and `1250,50`. */
function thousandsApart(whole: string, decimals: string): RegExp {
  const first = whole.length % 3 || 3;
  const groups = [whole.slice(0, first), ...(whole.slice(first).match(/\d{3}/g) ?? [])];
  const least = decimals.replace(/0$/, '');
  const rest = decimals === '' ? '(?:[.,]00?)?' : `[.,]${least}${decimals.length < 2 ? '0?' : ''}`;
  return new RegExp(groups.join(`[,.' ]?`) + rest, 'g');
}

const digits = /^\+?[\d ()-]+$/;
const iban = /^[a-z]{2}\d{2}[a-z0-9]*(?:[ -][a-z0-9]+)*$/;

/** Null for a text that is no account or phone number. */
function accountWanted(text: string): Wanted | null {
  if (text.length > 48) return null;
  const compact = text.replaceAll(/[ ()+-]/g, '');
  const count = compact.replaceAll(/\D/g, '').length;
  const isIban = count >= 8 && compact.length >= 12 && iban.test(text);
  if (!isIban && (count < 7 || !digits.test(text))) return null;
  const probe = isIban ? compact.slice(0, 2) : compact.charAt(0);
  return { forms: [inGroups(compact)], probe, hasSpace: true };
}

/** Blanks, hyphens and brackets may stand between the groups of an account or phone number. */
function inGroups(compact: string): RegExp {
  return new RegExp(compact.split('').join('[ ()-]{0,2}'), 'g');
}
