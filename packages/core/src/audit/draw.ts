import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import type { Digest } from '../digest.ts';
import { type Interaction, isClaimedSuccess, STRATA, type Stratum } from './interaction.ts';

/** How much is drawn, in percent; fixed when a period begins. */
export type DrawRule = {
  readonly rate: number;
  /** What is drawn instead where it is raised; at least `rate`. */
  readonly raised: number;
  /** It is raised where the agent reports success in so many percent of the sessions, or more. */
  readonly tooGood: number;
};

/** Why more was drawn: somebody asked for it, or what the agent reports looks too good. */
export type Raise = 'stated' | 'too-good';

/** How many sessions of one stratum there were, and how many of them were drawn. */
export type StratumCount = {
  readonly stratum: Stratum;
  readonly count: number;
  readonly drawn: number;
};

/** What a draw comes to. It follows from the period's sessions, its rule and its seed alone. */
export type Draw = {
  /** The digest of the leaf hashes of the entries that closed the sessions, a line each. */
  readonly population: Digest;
  readonly percent: number;
  readonly raised: Raise | null;
  readonly strata: readonly StratumCount[];
  /** What was drawn, by ticket, the smallest first. */
  readonly sample: readonly Interaction[];
};

/** What is drawn from, and by whose arithmetic if not this package. `seed` is 64 hex digits. */
export type DrawnFrom = {
  readonly audit: string;
  readonly seed: string;
  readonly rule: DrawRule;
  readonly sessions: readonly Interaction[];
  /** Somebody asked for the raised rate before the draw. */
  readonly isStated: boolean;
  readonly mac?: Mac | undefined;
};

/** HMAC-SHA-256 of a text under the characters of a key, lower-case hex. */
export type Mac = (key: string, text: string) => string;

/** How many sessions of one period are drawn at most. */
export const MOST_DRAWN = 1_500;
/** Fewer sessions than these look too good by chance. */
const LEAST_TOO_GOOD = 20;

/** Returns what a seed is committed to by: the SHA-256 of its 64 hex digits. */
export function commitmentTo(seed: string): Digest {
  return `sha256:${bytesToHex(sha256(utf8ToBytes(seed)))}`;
}

/**
 * Returns the draw of a period: of each stratum the sessions with the smallest tickets. A session's
 * ticket is HMAC-SHA-256, under the digits of the seed, of what the whole period hashes to and of
 * the entry that closed the session, so that nobody can know it before the period has ended.
 *
 * Source: spec/audits.md, section "The draw".
 */
export function drawOf({ audit, seed, rule, sessions, isStated, mac = macOf }: DrawnFrom): Draw {
  const population = digestOf(sessions);
  const raised = isStated ? 'stated' : looksTooGood(sessions, rule) ? 'too-good' : null;
  const percent = raised === null ? rule.rate : rule.raised;
  const tickets = sessions.map((session) => {
    const text = `plumbline/audit/1\n${audit}\n${population}\n${session.leaf}\n`;
    return { session, ticket: mac(seed, text) };
  });
  tickets.sort((a, b) => (a.ticket < b.ticket ? -1 : 1));
  const strata = countsOf(sessions, percent);
  const left = new Map(strata.map(({ stratum, drawn }) => [stratum, drawn]));
  const sample = tickets.flatMap(({ session }) => {
    const more = left.get(session.stratum) ?? 0;
    left.set(session.stratum, more - 1);
    return more > 0 ? [session] : [];
  });
  return { population, percent, raised, strata, sample };
}

function macOf(key: string, text: string): string {
  return bytesToHex(hmac(sha256, utf8ToBytes(key), utf8ToBytes(text)));
}

function digestOf(sessions: readonly Interaction[]): Digest {
  const lines = sessions.map(({ leaf }) => `${leaf}\n`).join('');
  return `sha256:${bytesToHex(sha256(utf8ToBytes(lines)))}`;
}

function looksTooGood(sessions: readonly Interaction[], { tooGood }: DrawRule): boolean {
  const good = sessions.filter(({ stratum }) => isClaimedSuccess(stratum)).length;
  return sessions.length >= LEAST_TOO_GOOD && good * 100 >= tooGood * sessions.length;
}

/** Of each stratum that has any, at least one is drawn. */
function countsOf(sessions: readonly Interaction[], percent: number): readonly StratumCount[] {
  const counts = STRATA.map((stratum) => {
    const count = sessions.filter((session) => session.stratum === stratum).length;
    return { stratum, count, drawn: Math.ceil((count * percent) / 100) };
  });
  const wanted = counts.reduce((sum, { drawn }) => sum + drawn, 0);
  if (wanted <= MOST_DRAWN) return counts;
  return counts.map(({ stratum, count, drawn }) => {
    const share = Math.floor((drawn * MOST_DRAWN) / wanted);
    return { stratum, count, drawn: Math.min(drawn, Math.max(1, share)) };
  });
}
