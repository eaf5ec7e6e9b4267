/** What was shown about a log in which nothing failed. Each fact was verified by the caller. */
export type Shown = {
  /** The log key the verifier trusts signed the checkpoint. */
  readonly isSigned: boolean;
  /** The log extends a checkpoint the verifier kept where the operator cannot write. */
  readonly isAnchored: boolean;
  /** A time-stamping authority the verifier trusts dated the checkpoint. */
  readonly isTimestamped: boolean;
  /** A quorum of witnesses, at least one, cosigned the checkpoint. */
  readonly hasQuorum: boolean;
};

/** How far a log can be relied on, weakest first. */
export const RUNGS = [
  'UNSIGNED',
  'SIGNED, UNANCHORED',
  'ANCHORED',
  'TIMESTAMPED',
  'WITNESSED',
] as const;

/** One step of the ladder. */
export type Rung = (typeof RUNGS)[number];

/** A rung, what it leaves open, and the exit code of a command that reached it: 0, or 3. */
export type Standing = {
  readonly rung: Rung;
  readonly open: readonly string[];
  readonly exitCode: 0 | 3;
};

/**
 * Returns the highest rung that what was shown reaches. Nothing lifts a log whose checkpoint is
 * not signed. A time-stamp counts only above an anchor, because who rewrites a log can have it
 * dated again; witnesses count by themselves, because they refuse a rewritten log.
 */
export function standing(shown: Shown): Standing {
  const rung = rungOf(shown);
  const isFirm = rung !== 'UNSIGNED' && rung !== 'SIGNED, UNANCHORED';
  return { rung, open: openQuestions(shown, isFirm), exitCode: isFirm ? 0 : 3 };
}

function rungOf({ isSigned, isAnchored, isTimestamped, hasQuorum }: Shown): Rung {
  if (!isSigned) return 'UNSIGNED';
  if (hasQuorum) return 'WITNESSED';
  if (!isAnchored) return 'SIGNED, UNANCHORED';
  return isTimestamped ? 'TIMESTAMPED' : 'ANCHORED';
}

function openQuestions(shown: Shown, isFirm: boolean): readonly string[] {
  return [
    ...(shown.isSigned ? [] : ['anyone could have written this log']),
    ...(isFirm ? [] : ['truncation, rollback and re-signing cannot be excluded']),
    ...(shown.hasQuorum ? [] : ['other verifiers may have been shown another log']),
    ...(shown.isTimestamped ? [] : ['no authority says when this was']),
  ];
}
