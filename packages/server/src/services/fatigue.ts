import type { VoteFact } from '@plumbline/core';

/** How one person decided within a window. Times are in milliseconds. */
export type FatigueRow = {
  readonly person: string;
  readonly decisions: number;
  readonly approvals: number;
  /** 0 to 1. */
  readonly approvalShare: number;
  /** From when they were shown it to their vote; null where they never were. */
  readonly medianMs: number | null;
  readonly leastMs: number | null;
  readonly underFiveSeconds: number;
  /** Votes on what they had not been shown at all under the same key or link. */
  readonly unseen: number;
  readonly means: string;
};

const HASTY_MS = 5_000;

/**
 * Returns how people decided, the busiest first. A person who approves nearly everything, within
 * seconds or unseen, is no control any more: `means` says so in words.
 *
 * Source: spec/approvals.md, section "Fatigue".
 */
export function fatigueOf(votes: readonly VoteFact[], sinceMs: number): readonly FatigueRow[] {
  const people = new Map<string, VoteFact[]>();
  for (const vote of votes) {
    if (vote.at < sinceMs) continue;
    people.set(vote.person, [...(people.get(vote.person) ?? []), vote]);
  }
  const rows = [...people].map(([person, own]) => rowOf(person, own));
  return rows.sort((one, other) => other.decisions - one.decisions);
}

function rowOf(person: string, votes: readonly VoteFact[]): FatigueRow {
  const decisions = votes.length;
  const approvals = votes.filter(({ outcome }) => outcome === 'approve').length;
  const times = votes.flatMap(({ shownMs }) => shownMs ?? []).sort((one, other) => one - other);
  const row = {
    person,
    decisions,
    approvals,
    approvalShare: Math.round((approvals / decisions) * 1_000) / 1_000,
    medianMs: medianOf(times),
    leastMs: times[0] ?? null,
    underFiveSeconds: times.filter((ms) => ms < HASTY_MS).length,
    unseen: decisions - times.length,
  };
  return { ...row, means: meaningOf(row) };
}

function medianOf(sorted: readonly number[]): number | null {
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2);
}

// Below so many votes a share says nothing.
const FEW = 10;

function meaningOf(row: Omit<FatigueRow, 'means'>): string {
  const { decisions, approvalShare, underFiveSeconds, unseen } = row;
  if (decisions < FEW) return `too few decisions to say anything: ${decisions}`;
  const hasty = underFiveSeconds + unseen;
  const isRubberStamp = approvalShare >= 0.95 && hasty * 2 >= decisions;
  if (isRubberStamp) {
    const how = `${hasty} of ${decisions} within five seconds or unseen`;
    return `approves nearly everything, ${how}: ask for less, or ask more people`;
  }
  if (hasty * 2 >= decisions) return `${hasty} of ${decisions} within five seconds or unseen`;
  if (approvalShare >= 0.95) return 'approves nearly everything, and takes time for it';
  return 'decides both ways, and takes time for it';
}
