import type { House } from '../house.ts';
import type { Problem } from '../source-file.ts';

const path = 'package-lock.json';

/**
 * Refuses a lockfile that names where packages came from, or that leaves out a platform.
 *
 * npm forgets the optional packages a registry did not have that day, and `npm ci` then refuses the
 * lockfile on a fresh clone: a fault no installed clone ever shows.
 */
export function* checkLockfile({ lockfile }: House): Generator<Problem> {
  for (const [index, line] of lockfile.split('\n').entries()) {
    const column = line.indexOf('"resolved": "http') + 1;
    if (column === 0) continue;
    const message = 'a registry address: keep `omit-lockfile-registry-resolved` in .npmrc';
    yield { path, line: index + 1, column, message };
  }
  const { packages } = parseLockfile(lockfile);
  for (const name of packages.flatMap(([, entry]) => optionalNames(entry))) {
    if (packages.some(([place]) => place.endsWith(`node_modules/${name}`))) continue;
    const message = `optional \`${name}\` has no entry, so \`npm ci\` fails: add it by version`;
    yield { path, line: 1, column: 1, message };
  }
}

function parseLockfile(text: string): { packages: readonly [string, unknown][] } {
  const lockfile: unknown = JSON.parse(text);
  return { packages: Object.entries(Object(Reflect.get(Object(lockfile), 'packages'))) };
}

function optionalNames(entry: unknown): readonly string[] {
  return Object.keys(Object(Reflect.get(Object(entry), 'optionalDependencies')));
}
