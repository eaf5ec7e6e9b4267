import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { ConfiguredServer } from './configured-server.ts';
import { codeOf } from './read-file.ts';
import { wrappedIn } from './wrapper.ts';

/** A program that runs. Its words may hold secrets. */
export type RunningProgram = {
  readonly pid: number;
  readonly parent: number;
  readonly words: readonly string[];
  readonly startedAtMs: number | null;
};

/** A configured server that runs without a gateway before it. */
export type RunningServer = { readonly server: ConfiguredServer; readonly program: RunningProgram };

/** Returns every program that runs, or null where the system does not show them as Linux does. */
export function readPrograms(folder: string): readonly RunningProgram[] | null {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw cause;
  }
  if (!names.includes('self')) return null;
  return names.filter((name) => /^\d+$/.test(name)).flatMap((name) => programIn(folder, name));
}

function programIn(folder: string, name: string): readonly RunningProgram[] {
  try {
    const place = join(folder, name);
    const parts = readFileSync(join(place, 'cmdline'), 'utf8').split('\0');
    const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(join(place, 'status'), 'utf8'))?.[1];
    const startedAtMs = Math.round(statSync(place).ctimeMs);
    return [{ pid: Number(name), parent: Number(parent ?? 0), words: wordsOf(parts), startedAtMs }];
  } catch (cause) {
    // What ended meanwhile, or is another user's, shows nothing.
    if (cause instanceof Error) return [];
    throw cause;
  }
}

/** A program that gave itself a title, as npm does, shows it as one word. */
function wordsOf(parts: readonly string[]): readonly string[] {
  const words = parts.filter((part) => part !== '');
  const [only = ''] = words;
  return words.length === 1 ? only.split(' ').filter((word) => word !== '') : words;
}

/**
 * Returns the configured servers that run although no gateway started them. `gateways` are programs
 * that start servers for the daemon or for this look: the daemon itself, and this program.
 */
export function runningAround(
  servers: readonly ConfiguredServer[],
  programs: readonly RunningProgram[],
  gateways: ReadonlySet<number>,
): readonly RunningServer[] {
  const byPid = new Map(programs.map((program) => [program.pid, program]));
  const found: RunningServer[] = [];
  const seen = new Set<number>();
  for (const server of servers) {
    const { reach } = server;
    if (reach.kind !== 'stdio') continue;
    const words = reach.wrapped?.inner ?? reach.words;
    const its = programs.filter((program) => isRunOf(words, program.words));
    for (const program of its) {
      const above = ancestorsOf(program, byPid);
      // A server that is started by a starter is found once, as the starter.
      const isBelow = above.some((each) => its.includes(each));
      const isGoverned = [program, ...above].some(
        (each) => gateways.has(each.pid) || wrappedIn(each.words) !== null,
      );
      if (isBelow || isGoverned || seen.has(program.pid)) continue;
      seen.add(program.pid);
      found.push({ server, program });
    }
  }
  return found;
}

function ancestorsOf(
  program: RunningProgram,
  byPid: ReadonlyMap<number, RunningProgram>,
): readonly RunningProgram[] {
  const above: RunningProgram[] = [];
  let parent = byPid.get(program.parent);
  while (parent !== undefined && above.length < 100 && !above.includes(parent)) {
    above.push(parent);
    parent = byPid.get(parent.parent);
  }
  return above;
}

// What starts packages runs under other names than it is called by.
const STARTERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['npx', ['npx', 'npm', 'npx-cli.js', 'npm-cli.js']],
  ['npm', ['npm', 'npm-cli.js']],
  ['pnpx', ['pnpx', 'pnpm']],
  ['pnpm', ['pnpm']],
  ['yarn', ['yarn', 'yarn.js']],
  ['bunx', ['bunx', 'bun']],
  ['uvx', ['uvx', 'uv']],
  ['uv', ['uv']],
  ['pipx', ['pipx']],
  ['docker', ['docker']],
  ['podman', ['podman']],
]);

/** Whether a program's words are those of a configured command line. */
function isRunOf([command = '', ...args]: readonly string[], words: readonly string[]): boolean {
  const names = STARTERS.get(nameOf(command));
  if (names !== undefined) {
    const isStarter = words.slice(0, 2).some((word) => names.includes(nameOf(word)));
    const wanted = args.filter((word) => !word.startsWith('-'));
    return isStarter && wanted.length > 0 && isWithin(wanted, words);
  }
  // What is a script is shown behind the program that reads it.
  return [0, 1].some((at) => {
    const rest = words.slice(at + 1);
    const isNamed = nameOf(words[at] ?? '') === nameOf(command);
    return isNamed && rest.length === args.length && rest.every((word, k) => word === args[k]);
  });
}

function isWithin(wanted: readonly string[], words: readonly string[]): boolean {
  let at = 0;
  for (const word of words) if (word === wanted[at]) at += 1;
  return at === wanted.length;
}

function nameOf(word: string): string {
  return (word.split(/[\\/]/).at(-1) ?? '').replace(/\.(?:exe|cmd)$/i, '');
}
