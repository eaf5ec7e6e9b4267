import { createColors } from 'picocolors';
import { join, relative } from 'node:path';

import { run } from './program.ts';

/** The sample runs, pacts and manifest of this package, relative to where the tests run. */
export const fixtures: string = relative('.', join(import.meta.dirname, '../fixtures'));

/** What one command line left behind. */
export type Said = { readonly exit: number; readonly out: string; readonly err: string };

/** Runs one command line in this thread, with a clock that stands still, without colours. */
export function plumb(...argv: readonly string[]): Promise<Said> {
  return plumbWith({}, ...argv);
}

/** Runs one command line with an environment of its own. */
export async function plumbWith(
  environment: Readonly<Record<string, string>>,
  ...argv: readonly string[]
): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []];
  const exit = await run(argv, {
    screen: {
      isTerminal: false,
      columns: 100,
      colors: createColors(false),
      print: (text) => out.push(`${text}\n`),
      json: (value) => out.push(`${JSON.stringify(value)}\n`),
      note: (text) => err.push(text),
    },
    program: 'plumb',
    nowMs: () => 0,
    wallMs: () => 1_767_225_600_000,
    environment,
  });
  return { exit, out: out.join(''), err: err.join('') };
}

/** Returns a runner of command lines that calls a folder TMP in what they said. */
export function plumbIn(folder: string): (...argv: readonly string[]) => Promise<Said> {
  return async (...argv) => {
    const { exit, out, err } = await plumb(...argv);
    return { exit, out: out.replaceAll(folder, 'TMP'), err: err.replaceAll(folder, 'TMP') };
  };
}

/** Runs one command line with `--json` and returns its answer. */
export async function plumbJson(...argv: readonly string[]): Promise<Record<string, unknown>> {
  const { out } = await plumb(...argv, '--json');
  // Every answer with --json is one object; the compiler sees what JSON.parse promises.
  return JSON.parse(out) as Record<string, unknown>;
}
