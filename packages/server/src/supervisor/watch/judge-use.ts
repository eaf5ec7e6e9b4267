import type { Limits } from '../sandbox/plan.ts';

/** What a sandbox uses at one moment. `atMs` is monotonic. */
export type Use = {
  readonly atMs: number;
  /** Processor time of what is there, and of what was buried by its parent. */
  readonly cpuMs: number;
  readonly ownBytes: number;
  readonly processes: number;
  /** When something was last asked for: an action, or a connection that was let through. */
  readonly lastActionMs: number;
};

/** Which limit was reached. */
export type LimitName = 'memory' | 'processes' | 'cpu' | 'time' | 'idle';

/** What is known from one look to the next. */
export type UseSoFar = {
  readonly beganMs: number;
  readonly seenCpuMs: number;
  /** Processor time in all, and since the last action. */
  readonly usedMs: number;
  readonly quietMs: number;
  readonly lastActionMs: number;
};

/** Returns what is known before the first look. */
export function unused(beganMs: number): UseSoFar {
  return { beganMs, seenCpuMs: 0, usedMs: 0, quietMs: 0, lastActionMs: beganMs };
}

/**
 * Returns what was reached, and what has to be known for the next look.
 *
 * Computing without acting is what mining looks like, and forgotten work: what counts is processor
 * time since the last action, which nobody gets around by computing slowly.
 */
export function judgeUse(
  limits: Limits,
  soFar: UseSoFar,
  use: Use,
): { readonly reached: LimitName | null; readonly next: UseSoFar } {
  // What ended without being buried takes its time along: a sum that falls says nothing.
  const spentMs = Math.max(0, use.cpuMs - soFar.seenCpuMs);
  const hasActed = use.lastActionMs > soFar.lastActionMs;
  const next = {
    beganMs: soFar.beganMs,
    seenCpuMs: use.cpuMs,
    usedMs: soFar.usedMs + spentMs,
    quietMs: hasActed ? 0 : soFar.quietMs + spentMs,
    lastActionMs: use.lastActionMs,
  };
  return { reached: reachedOf(limits, next, use), next };
}

function reachedOf(
  { memoryBytes, processes, cpuMs, timeMs, idleMs }: Limits,
  { beganMs, usedMs, quietMs }: UseSoFar,
  use: Use,
): LimitName | null {
  if (use.ownBytes > memoryBytes) return 'memory';
  if (use.processes > processes) return 'processes';
  if (cpuMs !== null && usedMs > cpuMs) return 'cpu';
  if (timeMs !== null && use.atMs - beganMs > timeMs) return 'time';
  return idleMs !== null && quietMs > idleMs ? 'idle' : null;
}
