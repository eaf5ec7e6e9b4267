import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const page = join(import.meta.dirname, '..', '..', 'docs', 'benchmarks.md');
// The formatter leaves alone what stands between these two.
const begin = '<!-- prettier-ignore-start -->';
const end = '<!-- prettier-ignore-end -->';

/** Puts what was measured between the two marks below a heading of docs/benchmarks.md. */
export function writeNumbers(heading: string, measured: string): void {
  const { before, after } = partsAt(heading);
  writeFileSync(page, `${before}${begin}\n\n${measured}\n\n${after}`);
}

/** Returns what stands there now. */
export function readNumbers(heading: string): string {
  return partsAt(heading).measured;
}

function partsAt(heading: string): Record<'before' | 'measured' | 'after', string> {
  const text = readFileSync(page, 'utf8');
  const head = text.indexOf(`## ${heading}\n`);
  const from = text.indexOf(begin, head);
  const to = text.indexOf(end, from);
  if (head < 0 || from < 0 || to < 0) {
    throw new Error(`no \`${begin}\` below \`## ${heading}\` in ${page}`);
  }
  const measured = text.slice(from + begin.length, to).trim();
  return { before: text.slice(0, from), measured, after: text.slice(to) };
}
