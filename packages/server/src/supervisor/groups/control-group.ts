import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { Limits } from '../sandbox/plan.ts';
import { tell } from '../sandbox/sandbox.ts';
import { clearAway, linesOf, numberIn, read, remove, write } from './group-files.ts';
import type { Hierarchy } from './hierarchies.ts';
import { makeRoom, SELF } from './make-room.ts';

/** What the kernel bounds of a group as a whole. */
export type GroupBound = 'memory' | 'processes';

/** What was used by a group, and which of its bounds were reached. Null: it is not counted. */
export type GroupUse = { readonly cpuMs: number | null; readonly reached: GroupBound | null };

/** A control group for one agent and everything it starts. */
export type ControlGroup = {
  readonly bounds: readonly GroupBound[];
  /** How all of it is ended at once: `kill` by the kernel, or frozen first. Null: it cannot be. */
  readonly ends: 'kill' | 'freezer' | null;
  /** Takes a process in; what it starts from then on is in it too. False: it could not. */
  readonly join: (pid: number) => boolean;
  readonly use: () => GroupUse;
  /** Ends everything in it; resolves when nothing is left, or after a while. */
  readonly kill: () => Promise<void>;
  readonly remove: () => void;
};

/** What stands before the names of the groups of agents; the rest is whose, and which. */
const PREFIX = 'plumb-run-';
const THREADS = 8;
/** The programs that set the sandbox up are in the group as well. */
const OWN_TASKS = 16;
const KILL_TRIES = 500;

let made = 0;

/**
 * Makes a group below the one this program is in, so that what bounds this program bounds it too.
 * Returns null where none can be made: no tree is mounted, or this user may not write it.
 */
export function makeControlGroup(
  hierarchies: readonly Hierarchy[],
  limits: Limits,
): ControlGroup | null {
  made += 1;
  const name = `${PREFIX}${process.pid}-${made}`;
  const places = hierarchies.flatMap((hierarchy) => placeIn(hierarchy, name) ?? []);
  if (places.length === 0) return null;
  const bounds = [...new Set(places.flatMap((place) => boundIn(place, limits)))];
  const folders = places.map(({ folder }) => folder);
  // The file can be written alone: that it is there tells it.
  const killing = folders.find((folder) => linesOf(folder).includes('cgroup.kill'));
  const freezing = folders.find((folder) => read(join(folder, 'freezer.state')) !== null);
  const ends = killing !== undefined ? 'kill' : freezing !== undefined ? 'freezer' : null;
  return {
    bounds,
    ends,
    join: (pid) => folders.map((folder) => enter(folder, pid)).every(Boolean),
    use: () => ({ cpuMs: cpuOf(folders), reached: reachedIn(folders, bounds) }),
    kill: () => endAll(folders, killing, freezing),
    remove: () => {
      for (const each of folders) remove(each);
    },
  };
}

type Place = Pick<Hierarchy, 'version' | 'controllers'> & { readonly folder: string };

function placeIn({ version, controllers, folder: own }: Hierarchy, name: string): Place | null {
  // Where this program made room for groups before, they lie beside it.
  const base = basename(own) === SELF ? dirname(own) : own;
  clearAway(base, PREFIX);
  if (version === 2) makeRoom(base);
  const folder = join(base, name);
  try {
    mkdirSync(folder);
    return { version, controllers, folder };
  } catch {
    // This user may not, or the tree is shown read-only.
    return null;
  }
}

function boundIn({ folder }: Place, limits: Limits): readonly GroupBound[] {
  const { memoryBytes, processes } = limits;
  const tasks = `${processes * THREADS + OWN_TASKS}`;
  const found: GroupBound[] = [];
  const isMemory =
    write(join(folder, 'memory.max'), `${memoryBytes}`) ||
    write(join(folder, 'memory.limit_in_bytes'), `${memoryBytes}`);
  if (isMemory) {
    // What is swapped out is used all the same; where swap is not counted there is no such file.
    write(join(folder, 'memory.swap.max'), '0');
    write(join(folder, 'memory.memsw.limit_in_bytes'), `${memoryBytes}`);
    write(join(folder, 'memory.oom.group'), '1');
    found.push('memory');
  }
  if (write(join(folder, 'pids.max'), tasks)) found.push('processes');
  return found;
}

function enter(folder: string, pid: number): boolean {
  return write(join(folder, 'cgroup.procs'), `${pid}`);
}

function cpuOf(folders: readonly string[]): number | null {
  for (const folder of folders) {
    const usec = numberIn(read(join(folder, 'cpu.stat')), 'usage_usec');
    if (usec !== null) return usec / 1_000;
    const nsec = read(join(folder, 'cpuacct.usage'));
    if (nsec !== null) return Number(nsec) / 1_000_000;
  }
  return null;
}

function reachedIn(folders: readonly string[], bounds: readonly GroupBound[]): GroupBound | null {
  for (const folder of folders) {
    const events = read(join(folder, 'memory.events')) ?? read(join(folder, 'memory.oom_control'));
    if (bounds.includes('memory') && (numberIn(events, 'oom_kill') ?? 0) > 0) return 'memory';
    const refused = numberIn(read(join(folder, 'pids.events')), 'max') ?? 0;
    if (bounds.includes('processes') && refused > 0) return 'processes';
  }
  return null;
}

async function endAll(
  folders: readonly string[],
  killing: string | undefined,
  freezing: string | undefined,
): Promise<void> {
  const [first = ''] = folders;
  const at = killing ?? freezing ?? first;
  for (let tries = 0; tries < KILL_TRIES; tries += 1) {
    const pids = (read(join(at, 'cgroup.procs')) ?? '').split('\n').filter(Boolean).map(Number);
    if (pids.length === 0) return;
    if (killing !== undefined) write(join(killing, 'cgroup.kill'), '1');
    else killFrozen(pids, freezing);
    await pause(1);
  }
}

// Nothing starts anything between two of them while all are frozen.
function killFrozen(pids: readonly number[], freezing: string | undefined): void {
  const state = freezing === undefined ? null : join(freezing, 'freezer.state');
  if (state !== null) write(state, 'FROZEN');
  for (const pid of pids) tell(pid, 'SIGKILL');
  if (state !== null) write(state, 'THAWED');
}
