import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { Entry } from '../evidence/entry.ts';
import { canonical } from '../canonical.ts';
import { commitmentTo, type DrawRule, type Mac } from './draw.ts';
import { addHand, type Interaction, OpenInteractions } from './interaction.ts';
import {
  addTo,
  type AuditItem,
  type DrawnAudit,
  type EndedPeriod,
  type Judgement,
  openOfDraw,
  drawFrom,
  type Period,
} from './period.ts';

/** The audits of one agent. */
type OfAgent = {
  readonly open: OpenInteractions;
  running: Period | null;
  /** Ended and not drawn from yet: one, but for a crash in between. */
  readonly ended: Map<string, EndedPeriod>;
  /** Oldest first. */
  drawn: DrawnAudit[];
};

/** What is wrong with an entry about audits, for who verifies the record. */
export type AuditComplaint = string | null;

/** An audit as it runs, for who draws. */
export type RunningAudit = Period & { readonly agent: string };

/** How many audits of one agent are remembered once they were drawn. */
const MOST_DRAWN_AUDITS = 24;

/**
 * Every audit of every agent, folded from the ledger: what runs, what was drawn, and what reviewers
 * found. Nothing is kept of an agent before its first audit has begun.
 *
 * Source: spec/audits.md.
 */
export class AuditBook {
  readonly #agents: Map<string, OfAgent> = new Map();
  readonly #items: Map<string, AuditItem> = new Map();
  readonly #erased: Set<string> = new Set();
  readonly #mac: Mac | undefined;

  /** mac: whose arithmetic draws, if not that of this package. */
  constructor(mac?: Mac) {
    this.#mac = mac;
  }

  /**
   * Takes the next entry of the ledger. Returns what is wrong with it, or null.
   *
   * leaf: the leaf hash of its bytes, base64; asked for only where a session of an audited agent
   * ends. index: its place in the log.
   */
  take(entry: Entry, index: number, leaf: () => string): AuditComplaint {
    const { agent, kind, open } = entry;
    if (kind === 'erasure') this.#erased.add(textOf(open['subject']));
    if (agent === null) return null;
    if (kind === 'audit_begun') return this.#begin(agent, entry);
    const of = this.#agents.get(agent);
    if (of === undefined) return null;
    if (kind === 'audit_drawn') return this.#draw(of, agent, { entry, index });
    if (kind === 'audit_judged') return this.#judge(entry, index);
    if (kind === 'read' && open['audit'] === undefined) touch(of, open);
    if (kind === 'grant_given') touch(of, open);
    const isEnd = kind === 'session_closed';
    const ended = of.open.take(entry, isEnd ? leaf() : '');
    if (ended !== null && of.running !== null) addTo(of.running, ended);
    return null;
  }

  /** Returns whether anything of an agent is kept: entries of others say nothing here. */
  isAudited(agent: string): boolean {
    return this.#agents.has(agent);
  }

  /** The periods that run, in no order. */
  running(): readonly RunningAudit[] {
    return [...this.#agents].flatMap(([agent, { running }]) => {
      return running === null ? [] : [{ ...running, agent }];
    });
  }

  /** The periods that have ended and were not drawn from. */
  undrawn(): readonly (EndedPeriod & { readonly agent: string })[] {
    return [...this.#agents].flatMap(([agent, { ended }]) => {
      return [...ended.values()].map((period) => ({ ...period, agent }));
    });
  }

  /** The drawn audits of an agent, or of all of them, newest first. */
  drawn(agent: string | null): readonly DrawnAudit[] {
    const found = [...this.#agents].filter(([name]) => agent === null || name === agent);
    return found.flatMap(([, { drawn }]) => drawn).sort((a, b) => b.index - a.index);
  }

  /** Returns one drawn session by its id. */
  item(id: string): AuditItem | undefined {
    return this.#items.get(id);
  }

  /** Returns whether the person whose data a drawn session holds was erased. */
  isErased({ subject }: Pick<AuditItem, 'subject'>): boolean {
    return subject !== null && this.#erased.has(subject);
  }

  #begin(agent: string, { open, at }: Entry): AuditComplaint {
    const of = this.#agents.get(agent) ?? noAudits();
    this.#agents.set(agent, of);
    const { after = null } = open;
    const before = of.running;
    if (before !== null) {
      const raise = isJsonObject(after) ? after['raise'] : null;
      const why = typeof raise === 'string' ? raise : null;
      const ended = { ...before, endedAt: at, endedBy: textOf(open['by']), raise: why };
      of.ended.set(before.audit, ended);
    }
    of.running = periodOf(open, at);
    const named = isJsonObject(after) ? textOf(after['audit']) : null;
    return named === (before?.audit ?? null) ? null : 'begins an audit after another than the last';
  }

  #draw(of: OfAgent, agent: string, { entry, index }: Placed): AuditComplaint {
    const { open, at } = entry;
    const period = of.ended.get(textOf(open['audit']));
    if (period === undefined) return 'draws from an audit that has not ended, or was drawn already';
    const seed = textOf(open['seed']);
    const whole = drawFrom(period, seed, this.#mac);
    const complaint = complaintOf(period, open, openOfDraw(period, seed, whole));
    const { sample, ...draw } = whole;
    const { audit, begunAt, endedAt, endedBy, rule, leftOut, raise } = period;
    const items = sample.map((session, place) => itemOf(session, { agent, audit, place }));
    const about = { audit, begunAt, endedAt, endedBy, rule, leftOut, raise };
    of.ended.delete(audit);
    of.drawn.push({ ...about, ...draw, agent, drawnAt: at, index, items, complaint });
    for (const item of items) this.#items.set(item.item, item);
    this.#forgetOldest(of);
    return complaint;
  }

  #forgetOldest(of: OfAgent): void {
    if (of.drawn.length <= MOST_DRAWN_AUDITS) return;
    const [oldest, ...rest] = of.drawn;
    of.drawn = rest;
    for (const { item } of oldest?.items ?? []) this.#items.delete(item);
  }

  #judge({ open, at, agent }: Entry, index: number): AuditComplaint {
    const item = this.#items.get(textOf(open['item']));
    const isOf = item?.session === open['session'] && item?.agent === agent;
    if (item === undefined || !isOf) return 'judges what was not drawn';
    if (item.judgement !== null) return 'judges what was judged already';
    item.judgement = judgementOf(open, at, index);
    return null;
  }
}

type Placed = { readonly entry: Entry; readonly index: number };

function noAudits(): OfAgent {
  return { open: new OpenInteractions(), running: null, ended: new Map(), drawn: [] };
}

function periodOf(open: JsonObject, at: number): Period {
  const { audit, commitment, dueAt, by } = open;
  return {
    audit: textOf(audit),
    commitment: textOf(commitment),
    rule: ruleOf(open),
    begunAt: at,
    dueAt: typeof dueAt === 'number' ? dueAt : null,
    by: textOf(by),
    sessions: [],
    leftOut: 0,
  };
}

function ruleOf({ rate, raised, tooGood }: JsonObject): DrawRule {
  return { rate: Number(rate), raised: Number(raised), tooGood: Number(tooGood) };
}

/** Holds a draw as it was written down to what follows from the record before it. */
function complaintOf(
  { commitment }: EndedPeriod,
  open: JsonObject,
  follows: JsonObject,
): AuditComplaint {
  const isCommitted = commitmentTo(textOf(open['seed'])) === commitment;
  if (!isCommitted) return 'the seed is not the one committed to';
  const isSame = (name: string): boolean =>
    canonical(follows[name] ?? null) === canonical(open[name] ?? null);
  if (!isSame('population')) return 'the sessions drawn from are not those that closed';
  if (!isSame('percent') || !isSame('raised')) return 'more or fewer were drawn than the rule says';
  if (!isSame('strata')) return 'the strata are not what the agent reported';
  return isSame('sample') ? null : 'the sample is not the one that the seed draws';
}

function itemOf(
  { session, stratum, closedAt, subject, hands }: Interaction,
  { agent, audit, place }: Pick<AuditItem, 'agent' | 'audit'> & { readonly place: number },
): AuditItem {
  const item = `${audit}-${place + 1}`;
  return { item, audit, agent, session, stratum, closedAt, subject, hands, judgement: null };
}

function judgementOf(open: JsonObject, at: number, index: number): Judgement {
  const { resolved, claims = null, by, person } = open;
  const counts = isJsonObject(claims) ? claims : {};
  return {
    resolved: resolved === 'yes' || resolved === 'no' ? resolved : 'unsure',
    right: Number(counts['right']),
    wrong: Number(counts['wrong']),
    unsure: Number(counts['unsure']),
    at,
    index,
    by: textOf(by),
    person: textOf(person),
  };
}

function touch(of: OfAgent, { session, by }: JsonObject): void {
  const [id, who] = [textOf(session), textOf(by)];
  if (of.open.touch(id, who)) return;
  for (const { hands } of closedNamed(of, id)) addHand(hands, who);
}

/** A session that has ended is looked for where it may still be judged. */
function* closedNamed(of: OfAgent, id: string): Generator<{ readonly hands: Set<string> }> {
  const periods = [of.running, ...of.ended.values()];
  for (const period of periods) {
    yield* (period?.sessions ?? []).filter(({ session }) => session === id);
  }
  for (const { items } of of.drawn) yield* items.filter(({ session }) => session === id);
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
