import { realpathSync } from 'node:fs';
import { join, relative } from 'node:path';

import type { Folders } from './plan.ts';

/** What no agent is shown, whatever it is told to be shown. */
export type Kept = {
  /** The home of whoever starts it. */
  readonly home: string;
  /** The daemon's data directory, its root key, its configuration. */
  readonly ours: readonly string[];
};

/** Where programs keep what they authenticate with, below a home. */
const SECRETS = [
  '.ssh',
  '.aws',
  '.azure',
  '.gnupg',
  '.kube',
  '.docker',
  '.netrc',
  '.npmrc',
  '.pypirc',
  '.git-credentials',
  '.config/gcloud',
  '.config/gh',
  '.config/plumbline',
  '.local/share/plumbline',
  '.local/share/keyrings',
  '.password-store',
];
const SYSTEM = ['/usr', '/etc', '/bin', '/sbin', '/lib', '/lib64', '/opt'];
const NEVER = ['/proc', '/sys', '/dev', '/run', '/var/run', '/boot'];

/** Either folders as they really lie, links followed, or which of them cannot be and why. */
export type CheckedFolders =
  { readonly ok: true; readonly value: Folders } | { readonly ok: false; readonly message: string };

/** Follows the links of an agent's folders, and refuses those that would show a secret. */
export function checkFolders(folders: Folders, kept: Kept): CheckedFolders {
  const { work, read, write, home } = folders;
  const all = [work, ...read, ...write, ...(home === null ? [] : [home])];
  const real = new Map<string, string>();
  for (const folder of all) {
    const path = realOf(folder);
    if (path === undefined) return refuse(folder, 'is not there');
    const isRead = read.includes(folder);
    const why = whyNot(path, isRead, kept);
    if (why !== null) return refuse(folder, why);
    real.set(folder, path);
  }
  const at = (folder: string): string => real.get(folder) ?? folder;
  return {
    ok: true,
    value: {
      work: at(work),
      read: read.map(at),
      write: write.map(at),
      home: home === null ? null : at(home),
    },
  };
}

function whyNot(path: string, isRead: boolean, { home, ours }: Kept): string | null {
  const [root, own] = [realOf(home) ?? home, ours.map((each) => realOf(each) ?? each)];
  if (path === '/') return 'is everything: name a folder in it';
  if (holds(path, root)) return 'holds your home: name a folder in it';
  const secret = SECRETS.map((name) => join(root, name)).find((each) => overlaps(path, each));
  if (secret !== undefined) return `holds credentials, or lies among them (${secret})`;
  if (own.some((each) => overlaps(path, each))) return "holds the daemon's own, or lies in it";
  if (NEVER.some((each) => overlaps(path, each))) return 'is no folder of files';
  if (!isRead && SYSTEM.some((each) => overlaps(path, each))) return 'belongs to the system';
  return null;
}

/** Returns whether something lies in a folder, or is it. */
function holds(folder: string, other: string): boolean {
  const way = relative(folder, other);
  return way === '' || (!way.startsWith('..') && !way.startsWith('/'));
}

function overlaps(one: string, other: string): boolean {
  return holds(one, other) || holds(other, one);
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    // It is not there, or is not ours to look at.
    return undefined;
  }
}

function refuse(folder: string, why: string): CheckedFolders {
  return { ok: false, message: `\`${folder}\` ${why}` };
}
