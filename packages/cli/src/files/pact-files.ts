import { dirname, posix, relative, resolve, sep } from 'node:path';
import { formatDiagnostic, loadPact } from '@plumbline/core';

import { Stop } from '../stop.ts';
import { pactSource } from './arm-pact.ts';

/** A pact as it is published: its source files by path, and what they mean. */
export type PactFiles = {
  readonly entry: string;
  readonly files: Readonly<Record<string, string>>;
  readonly agent: string;
  readonly digest: string;
};

/**
 * Returns a pact with every file it is made of, by paths below the folder they share.
 *
 * Errors: `Stop` with every diagnostic when it does not load.
 */
export function readPactFiles(path: string): PactFiles {
  const texts = new Map<string, string>();
  const loaded = loadPact(path, (file) => {
    const text = pactSource(file);
    if (text !== undefined) texts.set(file, text);
    return text;
  });
  if (!loaded.ok) throw new Stop(loaded.error.map(formatDiagnostic).join('\n'));
  const folder = sharedFolder([...texts.keys()]);
  const below = (file: string): string =>
    relative(folder, resolve(file)).split(sep).join(posix.sep);
  const files = Object.fromEntries([...texts].map(([file, text]) => [below(file), text]));
  const { agent, digest } = loaded.value.pact;
  return { entry: below(path), files, agent, digest };
}

/** Returns the deepest folder that all files stand below. */
function sharedFolder(files: readonly string[]): string {
  const folders = files.map((file) => dirname(resolve(file)).split(sep));
  const [first = []] = folders;
  const isShared = (at: number): boolean => folders.every((each) => each[at] === first[at]);
  const end = first.findIndex((_, at) => !isShared(at));
  return (end < 0 ? first : first.slice(0, end)).join(sep) || sep;
}
