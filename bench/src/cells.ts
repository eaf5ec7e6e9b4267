import type { Spread } from './measure.ts';

/** Returns a table of Markdown; the first column stands left, the others right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...rows.map(line),
  ].join('\n');
}

/** Returns a number with commas. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Returns the median, least and greatest as whole numbers. */
export function whole(spread: Spread): string {
  return spreadText(spread, (value) => count(Math.round(value)));
}

/** Returns the median, least and greatest with one decimal. */
export function tenths(spread: Spread): string {
  return spreadText(spread, (value) => value.toFixed(1));
}

/** Returns the median, least and greatest of shares in percent. */
export function percent(spread: Spread): string {
  return spreadText(spread, (value) => `${Math.round(value * 100)} %`);
}

/** Returns the median, and the least and greatest in brackets, each as `text` writes it. */
export function spreadText(
  { median, least, greatest }: Spread,
  text: (value: number) => string,
): string {
  return `${text(median)} (${text(least)}–${text(greatest)})`;
}
