import { readdirSync, readFileSync } from 'node:fs';

/** One process of a sandbox, as this machine counts it. */
export type PidSeen = {
  readonly pid: number;
  readonly parent: number;
  /** In clock ticks since the machine started: with the pid, it names one process for good. */
  readonly startTicks: number;
  readonly name: string;
  readonly cpuTicks: number;
  readonly threads: number;
  readonly ownBytes: number;
};

/** The processes of a sandbox at one moment, and what they have used together. */
export type TreeSeen = {
  readonly processes: readonly PidSeen[];
  /** Of those that are there, and of those that process 1 has buried. */
  readonly cpuMs: number;
  /** Memory that each has for itself: what programs share by their files is nobody's. */
  readonly ownBytes: number;
};

/** Clock ticks are 100 a second wherever Linux runs programs. */
const TICK_MS = 10;
const MOST = 20_000;

/**
 * Returns every process below process 1 of a sandbox, that one left out, or null when it is gone.
 * Whoever is orphaned in it becomes a child of process 1, so that none is missed.
 */
export function readTree(init: number): TreeSeen | null {
  const first = readPid(init);
  if (first === null) return null;
  const found = new Map<number, PidSeen>();
  const waiting = [...childrenOf(first)];
  for (let pid = waiting.pop(); pid !== undefined && found.size < MOST; pid = waiting.pop()) {
    // One that is orphaned meanwhile is met twice.
    const seen = found.has(pid) ? null : readPid(pid);
    if (seen === null) continue;
    found.set(pid, seen);
    waiting.push(...childrenOf(seen));
  }
  const processes = [...found.values()];
  const sum = (of: (seen: PidSeen) => number): number =>
    processes.reduce((total, seen) => total + of(seen), of(first));
  return {
    processes,
    cpuMs: sum(({ cpuTicks }) => cpuTicks) * TICK_MS,
    ownBytes: sum((seen) => seen.ownBytes),
  };
}

/** Returns the words a process was started with, shortened; none when it is gone. */
export function commandOf(pid: number): readonly string[] {
  const text = read(`/proc/${pid}/cmdline`) ?? '';
  return text
    .slice(0, 4_096)
    .split('\0')
    .filter(Boolean)
    .slice(0, 32)
    .map((word) => word.slice(0, 256));
}

/** A child stands with the thread that made it. */
function childrenOf({ pid, threads }: PidSeen): readonly number[] {
  const makers = threads < 2 ? [pid] : threadsOf(pid);
  return makers.flatMap((thread) => {
    const text = read(`/proc/${pid}/task/${thread}/children`) ?? '';
    return text.split(' ').filter(Boolean).map(Number);
  });
}

function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).slice(0, 1_024).map(Number);
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

function readPid(pid: number): PidSeen | null {
  const stat = read(`/proc/${pid}/stat`);
  // The name stands in brackets and may hold any of them itself.
  const parts = stat === null ? null : /^\d+ \((?<name>.*)\) (?<rest>.+)$/s.exec(stat)?.groups;
  if (parts == null) return null;
  const fields = (parts['rest'] ?? '').trim().split(' ');
  const at = (field: number): number => Number(fields[field - 3] ?? 0);
  return {
    pid,
    parent: at(4),
    startTicks: at(22),
    name: parts['name'] ?? '',
    // Its own, and of the children it has waited for.
    cpuTicks: at(14) + at(15) + at(16) + at(17),
    threads: at(20),
    ownBytes: ownOf(pid),
  };
}

function ownOf(pid: number): number {
  const status = read(`/proc/${pid}/status`) ?? '';
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended meanwhile.
    return null;
  }
}
