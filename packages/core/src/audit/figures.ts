import { type Share, wilson } from '../wilson.ts';
import { isClaimedSuccess, type Stratum } from './interaction.ts';
import type { AuditItem, DrawnAudit } from './period.ts';

/** What reviewers found in one stratum. `accurate` is the share of the judged ones. */
export type StratumFigures = {
  readonly stratum: Stratum;
  /** How many sessions closed, were drawn, were judged, and can be judged no more. */
  readonly count: number;
  readonly drawn: number;
  readonly judged: number;
  readonly erased: number;
  /** What was asked for was done, and no claim was wrong. */
  readonly accurate: Share;
  readonly claims: { readonly right: number; readonly wrong: number; readonly unsure: number };
};

/** A share from 0 to 1 with its interval at 95 %; null where nothing is known. */
export type Estimate = {
  readonly share: number | null;
  readonly low: number | null;
  readonly high: number | null;
};

/** What an audit says of an agent, beside what the agent says of itself. */
export type AuditFigures = {
  readonly strata: readonly StratumFigures[];
  /** The share of the sessions in which the agent reported success: a count, not an estimate. */
  readonly claimed: number | null;
  /** The share that reviewers would find accurate, of all the sessions of the period. */
  readonly audited: Estimate;
  /** How far claims are above what was found, of the strata of which something was judged. */
  readonly gap: number | null;
  /** The gap is above ten points. */
  readonly isWide: boolean;
  /** The share of the sessions that stand in strata of which nothing was judged yet. */
  readonly unknown: number;
};

const WIDE = 0.1;

/**
 * Returns what a drawn audit comes to so far. Each stratum is weighted by its share of all the
 * sessions of the period; the interval combines Wilson's of the strata.
 *
 * Source: spec/audits.md, section "Figures"; G. Y. Zou and A. Donner, Statistics in Medicine 27
 * (2008) 1693–1702, for the combination.
 */
export function figuresOf(
  { strata, items }: Pick<DrawnAudit, 'strata' | 'items'>,
  isErased: (item: AuditItem) => boolean,
): AuditFigures {
  const found = strata.map(({ stratum, count, drawn }): StratumFigures => {
    const own = items.filter((item) => item.stratum === stratum);
    return { stratum, count, drawn, ...judgedOf(own, isErased) };
  });
  const total = sessionsIn(found);
  const audited = weighted(found);
  const seen = found.filter(({ judged }) => judged > 0);
  const unknown = total === 0 ? 0 : 1 - sessionsIn(seen) / total;
  const [claimed, claimedOfSeen] = [claimedIn(found), claimedIn(seen)];
  const isKnown = claimedOfSeen !== null && audited.share !== null;
  const gap = isKnown ? claimedOfSeen - audited.share : null;
  return { strata: found, claimed, audited, gap, isWide: (gap ?? 0) > WIDE, unknown };
}

function sessionsIn(strata: readonly StratumFigures[]): number {
  return strata.reduce((sum, { count }) => sum + count, 0);
}

function claimedIn(strata: readonly StratumFigures[]): number | null {
  const good = strata.filter(({ stratum }) => isClaimedSuccess(stratum));
  const total = sessionsIn(strata);
  return total === 0 ? null : sessionsIn(good) / total;
}

function judgedOf(
  items: readonly AuditItem[],
  isErased: (item: AuditItem) => boolean,
): Pick<StratumFigures, 'judged' | 'erased' | 'accurate' | 'claims'> {
  const judged = items.flatMap(({ judgement }) => (judgement === null ? [] : [judgement]));
  const accurate = judged.filter(({ resolved, wrong }) => resolved === 'yes' && wrong === 0);
  const sum = (of: 'right' | 'wrong' | 'unsure'): number =>
    judged.reduce((total, each) => total + each[of], 0);
  return {
    judged: judged.length,
    erased: items.filter((item) => item.judgement === null && isErased(item)).length,
    accurate: wilson(accurate.length, judged.length),
    claims: { right: sum('right'), wrong: sum('wrong'), unsure: sum('unsure') },
  };
}

/** Strata of which nothing was judged weigh nothing: how much that is stands beside. */
function weighted(strata: readonly StratumFigures[]): Estimate {
  const known = strata.filter(({ judged }) => judged > 0);
  const total = sessionsIn(known);
  if (total === 0) return { share: null, low: null, high: null };
  let [share, below, above] = [0, 0, 0];
  for (const { count, accurate } of known) {
    const weight = count / total;
    const { share: own, low, high } = accurate;
    if (own === null || low === null || high === null) continue;
    share += weight * own;
    below += (weight * (own - low)) ** 2;
    above += (weight * (high - own)) ** 2;
  }
  const low = Math.max(0, share - Math.sqrt(below));
  return { share, low, high: Math.min(1, share + Math.sqrt(above)) };
}
