/** Groups of digits, one blank, hyphen or closed bracket apart. */
const digitGroups = /(?<![\p{L}\d])\+?\d+(?:(?:\) ?|[ -])\d+)*/gu;
/** An IBAN written in groups of four. */
const ibanGroups =
  /(?<![a-z0-9])[a-z]{2}\d{2}(?:[ -][a-z0-9]{4}){2,8}(?:[ -][a-z0-9]{1,4})?(?![a-z0-9])/gi;
const year = String.raw`(?:19|20)\d\d`;
const month = String.raw`(?:0[1-9]|1[0-2])`;
const dayOfMonth = String.raw`(?:0[1-9]|[12]\d|3[01])`;
const dates: RegExp = new RegExp(
  String.raw`(?<!\d)(?:${year}-${month}-${dayOfMonth}|${dayOfMonth}-${month}-${year})(?!\d)`,
  'g',
);

/**
 * Returns the account and phone numbers a text writes in groups (`4237 4252 7456 2574`,
 * `+33 1 23 45 67 89`, `DE89 3704 0044 0532 0130 00`), as written.
 *
 * Dates, ranges of years and columns of numbers are none.
 * Source: spec/decide.md, section "Sources of a value", identifiers.
 */
export function groupedNumbersIn(text: string): readonly string[] {
  const rest = text.replace(dates, '|');
  if (countOf(rest, /\d/g) < 8) return [];
  const found: string[] = [];
  const undated = rest.replace(ibanGroups, (match) => {
    const account = withoutTrailingWords(match);
    if (countOf(account, /[a-z0-9]/gi) < 12 || countOf(account, /\d/g) < 8) return match;
    found.push(account);
    return '|';
  });
  for (const { 0: match, index } of undated.matchAll(digitGroups)) {
    const isWhole = !/\p{L}/u.test(undated.charAt(index + match.length));
    if (isWhole && isNumber(match)) found.push(match);
  }
  return found;
}

function withoutTrailingWords(account: string): string {
  const groups = account.split(/(?<=[ -])/);
  while (groups.length > 0 && !/\d/.test(groups.at(-1) ?? '')) groups.pop();
  return groups.join('').replace(/[ -]$/, '');
}

function countOf(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}

/** Whether groups of digits are written the way accounts and phones are. */
function isNumber(match: string): boolean {
  const groups = match.match(/\d+/g) ?? [];
  const digits = groups.reduce((sum, group) => sum + group.length, 0);
  if (groups.length < 2 || digits < 8) return false;
  if (match.startsWith('+')) return true;
  if (groups.every((group) => /^(?:19|20)\d\d$/.test(group))) return false;
  if (/[-)]/.test(match)) return groups.some((group) => group.length >= 3);
  return hasAccountShape(groups);
}

function hasAccountShape(groups: readonly string[]): boolean {
  const lengths = groups.map((group) => group.length);
  const isByFour = lengths.every((length, index) =>
    index < lengths.length - 1 ? length === 4 : length <= 4,
  );
  const isPhone = /^3,3,[34]$/.test(lengths.join()) || (groups[0] ?? '').startsWith('0');
  return isByFour || (isPhone && groups.length > 2);
}
