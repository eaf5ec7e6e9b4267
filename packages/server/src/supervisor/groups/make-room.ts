import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { read, write } from './group-files.ts';

/** The group this program goes into where it has to make room for others. */
export const SELF: string = 'plumb-self';

const WANTED = ['memory', 'pids', 'cpu'];

/**
 * Has a group of the second version bound groups below it. One that holds processes cannot: where
 * it holds nobody but this program and who started it, they go into a group of their own first.
 * What cannot be had is left: its groups then bound nothing, and still end everything at once.
 */
export function makeRoom(base: string): void {
  if (enable(base)) return;
  const pids = (read(join(base, 'cgroup.procs')) ?? '').split('\n').filter(Boolean).map(Number);
  const own = ancestors();
  if (pids.length === 0 || !pids.every((pid) => own.includes(pid))) return;
  try {
    mkdirSync(join(base, SELF), { recursive: true });
  } catch {
    // This user may not.
    return;
  }
  for (const pid of pids) write(join(base, SELF, 'cgroup.procs'), `${pid}`);
  enable(base);
}

function enable(base: string): boolean {
  const can = wordsIn(read(join(base, 'cgroup.controllers')));
  const has = wordsIn(read(join(base, 'cgroup.subtree_control')));
  const missing = WANTED.filter((name) => can.includes(name) && !has.includes(name));
  if (missing.length === 0) return true;
  const wanted = missing.map((name) => `+${name}`).join(' ');
  return write(join(base, 'cgroup.subtree_control'), wanted);
}

function wordsIn(text: string | null): readonly string[] {
  return (text ?? '').trim().split(/\s+/).filter(Boolean);
}

/** This program, and whoever started it, up to the first that cannot be seen. */
function ancestors(): readonly number[] {
  const found: number[] = [];
  for (let pid = process.pid; pid > 1 && found.length < 64;) {
    found.push(pid);
    const status = read(`/proc/${pid}/status`) ?? '';
    pid = Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
  }
  return found;
}
