import { fork } from 'node:child_process';
import { join } from 'node:path';

import { machineText } from '../machine.ts';
import { readNumbers, writeNumbers } from '../write-numbers.ts';
import { BENCHES } from './benches.ts';
import { renderSection, type Section } from './section.ts';

const HEADING = 'Numbers of the server';
const one = join(import.meta.dirname, 'run-one.ts');

/** Runs every benchmark of the server, or the one that `--only` names, and prints the tables. */
export async function measureServer(args: readonly string[]): Promise<void> {
  const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined;
  const names = BENCHES.map(({ name }) => name).filter(
    (name) => only === undefined || name === only,
  );
  if (names.length === 0) {
    const known = BENCHES.map(({ name }) => name).join(', ');
    throw new Error(`no benchmark \`${only}\`: one of ${known}`);
  }
  const sections: Section[] = [];
  for (const name of names) {
    const own = await runApart(name, args);
    for (const section of own) process.stdout.write(`${renderSection(section)}\n\n`);
    sections.push(...own);
  }
  if (args.includes('--write')) {
    const known = readNumbers(HEADING)
      .split(/^(?=### )/m)
      .slice(1);
    writeNumbers(HEADING, [machineText(), ...merged(known, sections)].join('\n\n'));
  }
}

/** Tables that were not measured this time stay as they are. */
function merged(known: readonly string[], sections: readonly Section[]): readonly string[] {
  const tables = new Map(known.map((text) => [text.split('\n')[0], text.trim()]));
  for (const section of sections) {
    const text = renderSection(section);
    tables.set(text.split('\n')[0], text);
  }
  return [...tables.values()];
}

// Each has a heap and compiled code of its own, so that none pays for the one before.
async function runApart(name: string, args: readonly string[]): Promise<readonly Section[]> {
  process.stderr.write(`${name}\n`);
  const child = fork(one, [name, ...args]);
  let sections: readonly Section[] | undefined;
  child.on('message', (message: readonly Section[]) => {
    sections = message;
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('exit', resolve);
  const code = await promise;
  if (sections === undefined)
    throw new Error(`benchmark \`${name}\` ended with ${code} and no answer`);
  return sections;
}
