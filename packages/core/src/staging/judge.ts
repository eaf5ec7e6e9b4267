import type { StagingBookPhase } from './book.ts';
import {
  nextPhase,
  type StagingCheck,
  type StagingCheckName,
  type StagingPhase,
  type StagingRule,
} from './rule.ts';

/** How often a phase that is as bad as its bound may pass a check. */
const ERROR_RATE = 0.05;

/** How one check stands. `allowed` is how many bad ones of the sample still pass. */
export type StagingVerdict = {
  readonly name: StagingCheckName;
  readonly seen: number;
  readonly bad: number;
  readonly sample: number;
  readonly allowed: number;
  readonly state: 'open' | 'passed' | 'failed';
};

/** Where a phase ends, and by which checks. */
export type StagingMove = {
  readonly to: StagingPhase;
  readonly checks: readonly StagingVerdict[];
};

/**
 * Returns how many bad ones among `sample` still pass: the largest number of which a process as bad
 * as `below` shows no more with a probability of at most 5 %. -1 when the sample is too small.
 *
 * sample: at most 1 000; below: at most 0.5, so that no probability underflows.
 */
export function allowedBad(sample: number, below: number): number {
  let chance = (1 - below) ** sample;
  let sum = chance;
  let bad = 0;
  while (sum <= ERROR_RATE) {
    chance *= ((sample - bad) / (bad + 1)) * (below / (1 - below));
    bad += 1;
    sum += chance;
  }
  return bad - 1;
}

/**
 * Returns how every check of a rule stands in a phase. `lost`: how many more actions of it count as
 * failed, because nobody knows their end.
 */
export function judgeChecks(
  rule: StagingRule,
  counted: StagingBookPhase,
  lost: number,
): readonly StagingVerdict[] {
  const { outcomes, errors } = counted;
  const left = Math.min(lost, Math.max(0, rule.sample - outcomes));
  const phase = { ...counted, outcomes: outcomes + left, errors: errors + left };
  return rule.checks.map((check) => judge(check, rule.sample, phase));
}

function judge(check: StagingCheck, sample: number, phase: StagingBookPhase): StagingVerdict {
  const { name, below } = check;
  const { seen, bad } = observed(name, phase);
  const allowed = below === null ? 0 : allowedBad(sample, below);
  if (bad > allowed) return { name, seen, bad, sample, allowed, state: 'failed' };
  // What one is too many of is looked for as long as the phase lasts.
  const isWhole = below === null || seen >= sample;
  return { name, seen, bad, sample, allowed, state: isWhole ? 'passed' : 'open' };
}

function observed(
  name: StagingCheckName,
  { outcomes, errors, slow, decided, refused, halts }: StagingBookPhase,
): { readonly seen: number; readonly bad: number } {
  switch (name) {
    case 'errors':
      return { seen: outcomes, bad: errors };
    case 'latency':
      return { seen: outcomes, bad: slow };
    case 'refusals':
      return { seen: decided, bad: refused };
    case 'halts':
      return { seen: decided, bad: halts };
  }
}

/**
 * Returns where a phase ends now, or null while it goes on. A check that has failed cannot pass any
 * more, however many observations follow, so falling back does not wait for them.
 */
export function judgeStaging(
  rule: StagingRule,
  phase: StagingBookPhase,
  { nowMs, lost }: { readonly nowMs: number; readonly lost: number },
): StagingMove | null {
  const next = nextPhase(rule, phase.phase);
  if (next === null) return null;
  const checks = judgeChecks(rule, phase, lost);
  if (checks.some(({ state }) => state === 'failed')) return { to: 'fallen-back', checks };
  const isDue = nowMs - phase.sinceMs >= rule.promoteAfterMs;
  const hasPassed = checks.every(({ state }) => state === 'passed');
  return isDue && hasPassed && !phase.isHeld ? { to: next, checks } : null;
}
