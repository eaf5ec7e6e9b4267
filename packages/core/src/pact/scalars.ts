const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const DURATION = /^(\d{1,9})(ms|s|m|h|d)$/;
/** Ten years: no wait of a pact is longer. */
const LONGEST_MS = 3650 * 86_400_000;

/** Returns the milliseconds of a duration (`90s`, `15m`, `24h`, `30d`), or null. */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text);
  if (match === null) return null;
  const [, count = '', unit = ''] = match;
  const lengthMs = Number(count) * (UNITS[unit] ?? 0);
  return lengthMs > 0 && lengthMs <= LONGEST_MS ? lengthMs : null;
}

/** Returns the fraction of a percentage (`2%` is 0.02), between 0 and 1, or null. */
export function parsePercentage(text: string): number | null {
  const match = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text);
  if (match === null) return null;
  const fraction = Number(match[1]) / 100;
  return fraction <= 1 ? fraction : null;
}

/** Returns whether a text names approvers: `role:<name>` or an e-mail address. */
export function isApprover(text: string): boolean {
  return /^role:[A-Za-z0-9][\w./-]{0,99}$/.test(text) || isAddress(text);
}

/** Returns whether a text is an e-mail address. */
export function isAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@<>"(),;:\\[\]]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/.test(text);
}

/** Returns whether a text is a rule id, task name or category: a word with `-`, `_` or `.`. */
export function isName(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,99}$/.test(text);
}

/** Returns whether a text names a tool, without a glob. */
export function isToolName(text: string): boolean {
  return /^[A-Za-z0-9_][\w.:/-]{0,199}$/.test(text) && !text.includes('..');
}

/** Returns whether a text is a tool name in which `*` may stand for part of a segment. */
export function isToolPattern(text: string): boolean {
  return text.length <= 200 && /^[\w*][\w.:*/-]*$/.test(text) && !text.includes('..');
}

/** Returns whether a text is a dotted path of member names. */
export function isPath(text: string): boolean {
  return text.length <= 200 && /^[A-Za-z_$][\w$-]*(\.[A-Za-z_$][\w$-]*)*$/.test(text);
}

/** Returns the path of an argument as rules use it: without a leading `args.`. */
export function argumentPath(path: string): string {
  return path.replace(/^args\./, '');
}
