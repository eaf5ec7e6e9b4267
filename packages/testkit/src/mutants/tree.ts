import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Mutant } from './mutant.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');

/** A copy of core and testkit in which one mutant after another can be put. */
export type Tree = {
  readonly path: string;
  /** Puts a mutant in place of the fault that is in; null leaves none. Throws when it is stale. */
  readonly mutate: (mutant: Mutant | null) => void;
  readonly remove: () => void;
};

/** Returns a copy of the sources, linked to the installed packages. */
export function plantTree(): Tree {
  const path = mkdtempSync(join(tmpdir(), 'plumbline-mutants-'));
  for (const name of ['core', 'testkit']) {
    const [from, to] = [join(root, 'packages', name), join(path, 'packages', name)];
    cpSync(join(from, 'src'), join(to, 'src'), { recursive: true });
    cpSync(join(from, 'package.json'), join(to, 'package.json'));
  }
  cpSync(join(root, 'spec', 'vectors', 'decide'), join(path, 'spec', 'vectors', 'decide'), {
    recursive: true,
  });
  linkModules(path);
  let undo = (): void => undefined;
  const mutate = (mutant: Mutant | null): void => {
    undo();
    undo = mutant === null ? (): void => undefined : putIn(path, mutant);
  };
  return { path, mutate, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function linkModules(path: string): void {
  const modules = join(path, 'node_modules');
  mkdirSync(join(modules, '@plumbline'), { recursive: true });
  symlinkSync(join(path, 'packages', 'core'), join(modules, '@plumbline', 'core'));
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name.startsWith('.') || name === '@plumbline') continue;
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
}

function putIn(path: string, { file, from, to }: Mutant): () => void {
  const place = join(path, 'packages', 'core', 'src', 'decide', file);
  const source = readFileSync(place, 'utf8');
  const parts = source.split(from);
  if (parts.length !== 2) {
    throw new Error(`mutant of ${file}: \`${from}\` stands there ${parts.length - 1} times`);
  }
  writeFileSync(place, parts.join(to));
  return () => writeFileSync(place, source);
}
