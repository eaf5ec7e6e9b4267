import type { Limits } from '../sandbox/plan.ts';

/** What a sandbox uses at one moment. `atMs` is monotonic. */
export type Use = {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly residentBytes: number;
  readonly processes: number;
  /** When something was last asked for: an action, or a connection that was let through. */
  readonly lastActionMs: number;
};

/** Which limit was reached. */
export type LimitName = 'memory' | 'processes' | 'cpu' | 'time' | 'idle';

/** When it began, and since when it has been busy without asking for anything; null: it is not. */
export type UseSoFar = {
  readonly beganMs: number;
  readonly last: Use | null;
  readonly busySinceMs: number | null;
};

/** A share of one processor from which on it counts as busy. */
const BUSY_SHARE = 0.5;

/**
 * Returns what was reached, and what has to be known for the next look.
 *
 * Computing without acting is what mining looks like, and what forgotten work looks like: busy is
 * more than half of a processor between two looks, and any action ends it.
 */
export function judgeUse(
  limits: Limits,
  { beganMs, last, busySinceMs }: UseSoFar,
  use: Use,
): { readonly reached: LimitName | null; readonly next: UseSoFar } {
  const share = last === null ? 0 : (use.cpuMs - last.cpuMs) / Math.max(1, use.atMs - last.atMs);
  const since = busySinceMs ?? last?.atMs ?? use.atMs;
  const isQuiet = use.lastActionMs <= since;
  const busy = share <= BUSY_SHARE ? null : isQuiet ? since : use.lastActionMs;
  const next = { beganMs, last: use, busySinceMs: busy };
  return { reached: reachedOf(limits, next, use), next };
}

function reachedOf(limits: Limits, { beganMs, busySinceMs }: UseSoFar, use: Use): LimitName | null {
  const { memoryBytes, processes, cpuMs, timeMs, idleMs } = limits;
  if (use.residentBytes > memoryBytes) return 'memory';
  if (use.processes > processes) return 'processes';
  if (cpuMs !== null && use.cpuMs > cpuMs) return 'cpu';
  if (timeMs !== null && use.atMs - beganMs > timeMs) return 'time';
  const busyMs = busySinceMs === null ? 0 : use.atMs - busySinceMs;
  return idleMs !== null && busyMs > idleMs ? 'idle' : null;
}
