import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const page = join(import.meta.dirname, '..', '..', 'docs', 'benchmarks.md');
// The formatter leaves alone what stands between these two.
const begin = '<!-- prettier-ignore-start -->';
const end = '<!-- prettier-ignore-end -->';

/** Puts what was measured between the two marks below a heading of docs/benchmarks.md. */
export function writeNumbers(heading: string, measured: string): void {
  const text = readFileSync(page, 'utf8');
  const from = text.indexOf(begin, text.indexOf(`## ${heading}\n`));
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0 || !text.includes(`## ${heading}\n`)) {
    throw new Error(`no \`${begin}\` below \`## ${heading}\` in ${page}`);
  }
  const after = text.slice(to);
  writeFileSync(page, `${text.slice(0, from)}${begin}\n\n${measured}\n\n${after}`);
}
