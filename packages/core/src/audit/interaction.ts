import type { Entry } from '../evidence/entry.ts';
import type { Json } from '../json.ts';

/**
 * How an agent's own report puts an interaction. `resolved` and `unresolved` are what it said;
 * where it said nothing, `ok` is a session in which everything that was let through was reported
 * as `ok`, and `not-ok` every other. Source: spec/audits.md, section "Strata".
 */
export const STRATA = ['resolved', 'unresolved', 'ok', 'not-ok'] as const;

/** One of the strata. */
export type Stratum = (typeof STRATA)[number];

/** Returns whether an agent reported success by this stratum. */
export function isClaimedSuccess(stratum: Stratum): boolean {
  return stratum === 'resolved' || stratum === 'ok';
}

/** One closed session, as a draw sees it. */
export type Interaction = {
  readonly session: string;
  /** The leaf hash of the entry that closed it, base64. */
  readonly leaf: string;
  readonly closedAt: number;
  readonly stratum: Stratum;
  /** Whose data it holds, as the pseudonym of the ledger; null where nothing is sealed. */
  readonly subject: string | null;
  /** Keys by which somebody opened it, or gave a grant in it, other than to audit it. */
  readonly hands: Set<string>;
};

/** What is known of an open session. */
type Facts = {
  decisions: number;
  letThrough: number;
  wentWell: number;
  said: boolean | null;
  readonly subject: string | null;
  readonly hands: Set<string>;
};

const MOST_HANDS = 100;

/** The open sessions of one agent, from when its first audit began. */
export class OpenInteractions {
  readonly #open: Map<string, Facts> = new Map();

  /**
   * Takes the agent's next entry. Returns the interaction that it ends, or null: a session in which
   * nothing was decided, or whose person was erased, is none.
   */
  take(entry: Entry, leaf: string): Interaction | null {
    const { kind, session, open, at } = entry;
    if (session === null) return null;
    if (kind === 'session_opened') this.#open.set(session, factsOf(entry));
    const facts = this.#open.get(session);
    if (facts === undefined) return null;
    if (kind !== 'session_closed') {
      note(facts, entry);
      return null;
    }
    this.#open.delete(session);
    if (facts.decisions === 0 || open['reason'] === 'erased') return null;
    const { subject, hands } = facts;
    return { session, leaf, closedAt: at, stratum: stratumOf(facts), subject, hands };
  }

  /** Notes by which key somebody had to do with an open session. */
  touch(session: string, by: string): boolean {
    const facts = this.#open.get(session);
    if (facts !== undefined) addHand(facts.hands, by);
    return facts !== undefined;
  }
}

/** Adds a key to those by which somebody had to do with a session; a bounded number of them. */
export function addHand(hands: Set<string>, by: string): void {
  if (hands.size < MOST_HANDS) hands.add(by);
}

function factsOf({ sealed }: Entry): Facts {
  const subject = sealed?.subject ?? null;
  return { decisions: 0, letThrough: 0, wentWell: 0, said: null, subject, hands: new Set() };
}

function note(facts: Facts, { kind, open }: Entry): void {
  if (kind === 'decided') {
    facts.decisions += 1;
    if (isLet(open['verdict'])) facts.letThrough += 1;
  }
  if (kind === 'outcome' && open['status'] === 'ok') facts.wentWell += 1;
  if (kind === 'reported') facts.said = open['resolved'] === true;
}

function isLet(verdict: Json | undefined): boolean {
  return verdict === 'allow' || verdict === 'modify';
}

function stratumOf({ said, letThrough, wentWell }: Facts): Stratum {
  if (said !== null) return said ? 'resolved' : 'unresolved';
  return letThrough > 0 && wentWell === letThrough ? 'ok' : 'not-ok';
}
