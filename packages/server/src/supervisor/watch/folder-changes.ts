import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { JsonObject } from '@plumbline/core';

/** Every file of a folder by its path in it, with what tells one state of it from another. */
export type FolderSeen = {
  readonly files: ReadonlyMap<string, string>;
  /** Whether there were more than are looked at. */
  readonly isCut: boolean;
};

const MOST_FILES = 100_000;
const AT_ONCE = 500;

/**
 * Looks at every file of a folder, links not followed, and lets others have their turn meanwhile.
 * What cannot be read is left out.
 */
export async function lookAt(folder: string): Promise<FolderSeen> {
  const files = new Map<string, string>();
  const waiting = [''];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const entry of listOf(join(folder, at))) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      if (files.size >= MOST_FILES) return { files, isCut: true };
      if (files.size % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
      if (entry.isDirectory()) waiting.push(path);
      else files.set(path, stateOf(join(folder, path)));
    }
  }
  return { files, isCut: false };
}

/** Returns what was made, changed and removed between two looks, at most `most` of it. */
export function changesBetween(
  before: FolderSeen,
  after: FolderSeen,
  most: number,
): readonly JsonObject[] {
  const found: JsonObject[] = [];
  for (const [path, state] of after.files) {
    const earlier = before.files.get(path);
    if (earlier === state) continue;
    found.push({ path, change: earlier === undefined ? 'made' : 'changed' });
  }
  for (const path of before.files.keys()) {
    if (!after.files.has(path)) found.push({ path, change: 'removed' });
  }
  return found.slice(0, most);
}

function listOf(folder: string): ReturnType<typeof readFolder> {
  try {
    return readFolder(folder);
  } catch {
    // It went meanwhile, or is not ours to read.
    return [];
  }
}

function readFolder(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

function stateOf(path: string): string {
  try {
    const { mtimeMs, ctimeMs, size, ino, mode } = lstatSync(path);
    return `${mtimeMs}:${ctimeMs}:${size}:${ino}:${mode}`;
  } catch {
    // It went meanwhile.
    return 'gone';
  }
}
