import { readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Hierarchy, hierarchiesIn } from './hierarchies.ts';

/** Returns the trees of control groups of this machine; none where there are none. */
export function readHierarchies(): readonly Hierarchy[] {
  return hierarchiesIn(read('/proc/self/mountinfo') ?? '', read('/proc/self/cgroup') ?? '');
}

/** Returns the text of a file of a group; null where it is not there or cannot be read. */
export function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Writes into a file of a group that is there; false where that cannot be done. */
export function write(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'r+' });
    return true;
  } catch {
    return false;
  }
}

/** Returns the names in a folder; none where it cannot be read. */
export function linesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Removes a group; false where it is not empty yet, or gone: the next start clears it away. */
export function remove(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

/** Removes groups whose program has ended without removing them. */
export function clearAway(base: string, prefix: string): void {
  for (const name of linesOf(base)) {
    const pid = Number(name.startsWith(prefix) ? name.slice(prefix.length).split('-')[0] : NaN);
    if (Number.isInteger(pid) && pid > 0 && !isThere(pid)) remove(join(base, name));
  }
}

/** Returns the number behind a name in lines of `name number`; null where there is none. */
export function numberIn(text: string | null, name: string): number | null {
  const line = (text ?? '').split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? null : Number(line.slice(name.length + 1));
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    // Somebody else's is there all the same.
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
}
