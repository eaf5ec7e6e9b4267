import type { Limits } from '../sandbox/plan.ts';

/** What a sandbox uses at one moment. `atMs` is monotonic. */
export type Use = {
  readonly atMs: number;
  /** Processor time of what is there, and of what was buried by its parent. */
  readonly cpuMs: number;
  readonly ownBytes: number;
  readonly processes: number;
  /** When an action was last decided, or a connection let through. */
  readonly lastActionMs: number;
};

/** Which limit was reached. */
export type LimitName = 'memory' | 'processes' | 'cpu' | 'time' | 'busy' | 'idle';

/** What is known from one look to the next. */
export type UseSoFar = {
  readonly beganMs: number;
  readonly seenCpuMs: number;
  /** Processor time in all, and since the last action. */
  readonly usedMs: number;
  readonly quietMs: number;
  readonly lastActionMs: number;
  /** Since when there was no action and no work, and what was used since. */
  readonly restingMs: number;
  readonly restUsedMs: number;
};

/** Returns what is known before the first look. */
export function unused(beganMs: number): UseSoFar {
  return {
    beganMs,
    seenCpuMs: 0,
    usedMs: 0,
    quietMs: 0,
    lastActionMs: beganMs,
    restingMs: beganMs,
    restUsedMs: 0,
  };
}

/** Whoever only waits wakes now and then: up to this share of one processor is no work. */
const WAITING_SHARE = 0.01;
const WAITING_MS = 1_000;

/**
 * Returns what was reached, and what has to be known for the next look.
 *
 * Computing without acting is what mining looks like, and forgotten work: what counts is processor
 * time since the last action, which nobody gets around by computing slowly. Neither acting nor
 * computing is idling: what counts there is time.
 */
export function judgeUse(
  limits: Limits,
  soFar: UseSoFar,
  use: Use,
): { readonly reached: LimitName | null; readonly next: UseSoFar } {
  // What ended without being buried takes its time along: a sum that falls says nothing.
  const spentMs = Math.max(0, use.cpuMs - soFar.seenCpuMs);
  const hasActed = use.lastActionMs > soFar.lastActionMs;
  const restUsedMs = soFar.restUsedMs + spentMs;
  const waitingMs = WAITING_MS + (use.atMs - soFar.restingMs) * WAITING_SHARE;
  const rests = !hasActed && restUsedMs <= waitingMs;
  const next = {
    beganMs: soFar.beganMs,
    seenCpuMs: use.cpuMs,
    usedMs: soFar.usedMs + spentMs,
    quietMs: hasActed ? 0 : soFar.quietMs + spentMs,
    lastActionMs: use.lastActionMs,
    restingMs: rests ? soFar.restingMs : use.atMs,
    restUsedMs: rests ? restUsedMs : 0,
  };
  return { reached: reachedOf(limits, next, use), next };
}

function reachedOf(
  { memoryBytes, processes, cpuMs, timeMs, busyMs, idleMs }: Limits,
  { beganMs, usedMs, quietMs, restingMs }: UseSoFar,
  use: Use,
): LimitName | null {
  if (use.ownBytes > memoryBytes) return 'memory';
  if (use.processes > processes) return 'processes';
  if (cpuMs !== null && usedMs > cpuMs) return 'cpu';
  if (timeMs !== null && use.atMs - beganMs > timeMs) return 'time';
  if (busyMs !== null && quietMs > busyMs) return 'busy';
  return idleMs !== null && use.atMs - restingMs > idleMs ? 'idle' : null;
}
