import type { JsonObject } from '../json.ts';
import { type Draw, drawOf, type DrawRule, type Mac } from './draw.ts';
import type { Interaction, Stratum } from './interaction.ts';

/** A period in which closed sessions gather, under a seed that is committed to and not shown. */
export type Period = {
  readonly audit: string;
  readonly commitment: string;
  readonly rule: DrawRule;
  readonly begunAt: number;
  /** When its draw is due; null where only a person draws. */
  readonly dueAt: number | null;
  readonly by: string;
  readonly sessions: Interaction[];
  /** How many sessions closed once it was full. */
  leftOut: number;
};

/** A period that has ended: what is drawn from it is settled, whoever writes it down. */
export type EndedPeriod = Period & {
  readonly endedAt: number;
  readonly endedBy: string;
  /** Why somebody asked for the raised rate; null where nobody did. */
  readonly raise: string | null;
};

/** What a reviewer found of a whole interaction: whether what was asked for was done. */
export type Resolved = 'yes' | 'no' | 'unsure';

/** What a reviewer found of one drawn session, as everybody may read it. */
export type Judgement = {
  readonly resolved: Resolved;
  readonly right: number;
  readonly wrong: number;
  readonly unsure: number;
  readonly at: number;
  readonly index: number;
  readonly by: string;
  /** The pseudonym of who judged. */
  readonly person: string;
};

/** One drawn session, waiting for a reviewer or judged. */
export type AuditItem = {
  /** The id of its audit, a dash, and its place by ticket from 1. */
  readonly item: string;
  readonly audit: string;
  readonly agent: string;
  readonly session: string;
  readonly stratum: Stratum;
  readonly closedAt: number;
  readonly subject: string | null;
  readonly hands: Set<string>;
  judgement: Judgement | null;
};

/** A period that was drawn from. */
export type DrawnAudit = Pick<
  EndedPeriod,
  'audit' | 'begunAt' | 'endedAt' | 'endedBy' | 'rule' | 'leftOut' | 'raise'
> &
  Omit<Draw, 'sample'> & {
    readonly agent: string;
    readonly drawnAt: number;
    readonly index: number;
    readonly items: readonly AuditItem[];
    /** What is wrong with the draw as it was written down; null: nothing. */
    readonly complaint: string | null;
  };

/** How many sessions one period holds; those that close later are counted and not drawn from. */
export const MOST_SESSIONS = 15_000;

/** Adds a session to a period. */
export function addTo(period: Period, session: Interaction): void {
  if (period.sessions.length < MOST_SESSIONS) period.sessions.push(session);
  else period.leftOut += 1;
}

/** Returns what is drawn from a period that has ended. */
export function drawFrom(
  { audit, rule, sessions, raise }: EndedPeriod,
  seed: string,
  mac?: Mac,
): Draw {
  return drawOf({ audit, seed, rule, sessions, isStated: raise !== null, mac });
}

/** Returns what an entry `audit_drawn` says of a draw. */
export function openOfDraw(period: EndedPeriod, seed: string, draw: Draw): JsonObject {
  const { population, percent, raised, strata, sample } = draw;
  return {
    audit: period.audit,
    seed,
    population: { digest: population, count: period.sessions.length, leftOut: period.leftOut },
    percent,
    raised,
    strata: strata.map((each) => ({ ...each })),
    sample: sample.map(({ session }) => session),
  };
}
