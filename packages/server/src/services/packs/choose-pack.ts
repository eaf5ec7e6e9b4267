import { CHAIN_OF, ENTRY_KINDS, type Json } from '@plumbline/core';

import type { Caller } from '../../routes/caller.ts';
import { isFor } from '../../routes/rights.ts';
import type { EventRow, Filter, Models } from '../../store/models.ts';
import { readEntry, type Reading } from '../read-entry.ts';
import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import type { PackAsked } from './packs.ts';

/** What packs are chosen from. `start` is how many entries stand in earlier logs. */
export type ChoosingNeeds = Pick<Reading, 'sequencer'> & {
  readonly models: Pick<Models, 'events' | 'sessions'>;
  readonly start: () => number;
  readonly bounds: PackBounds;
};

/** What one pack holds at most. */
export type PackBounds = { readonly sessions: number; readonly entries: number };

/** One session and whose it is. */
export type ChosenSession = { readonly agent: string; readonly session: string };

/** What a pack is made of. `indexes` are places in the log that is written, ascending. */
export type Chosen = {
  readonly sessions: readonly ChosenSession[];
  readonly earlier: number;
  readonly indexes: readonly number[];
  /** How many have a sealed part, and how many of those are of the sessions. */
  readonly sealed: number;
};

const PAGE = 1_000;

/** Kinds that stand in chains of agents; some of them in sessions as well. */
const AGENT_KINDS = ENTRY_KINDS.filter((kind) => /agent/.test(CHAIN_OF[kind]));

/**
 * Returns which entries a pack holds, as `selectPack` chooses them from the files, read from the
 * read models: whoever waits for a decision does not wait for it.
 */
export async function choosePack(
  needs: ChoosingNeeds,
  asked: PackAsked,
  by: Caller,
): Promise<Served<Chosen>> {
  const wanted = asked.sessions.length > 0 ? named(needs, asked, by) : ofAgent(needs, asked);
  const sessions = await wanted;
  if (!sessions.ok) return sessions;
  const { bounds, start } = needs;
  if (sessions.value.length > bounds.sessions) return tooLarge(`${bounds.sessions} sessions`);
  const rows: EventRow[] = [];
  const within: ChosenSession[] = [];
  for (const each of sessions.value) {
    const own = await all(needs, each, bounds.entries - rows.length);
    if (own === null) return tooLarge(`${bounds.entries} entries`);
    // Its opening stands in an earlier log: what follows is no whole session.
    if ((own[0]?.index ?? 0) < start()) continue;
    within.push(each);
    rows.push(...own);
  }
  const earlier = sessions.value.length - within.length;
  if (within.length === 0) return nothing(earlier);
  for (const agent of new Set(within.map((each) => each.agent))) {
    const own = await chainOf(needs, agent, bounds.entries - rows.length);
    if (own === null) return tooLarge(`${bounds.entries} entries`);
    rows.push(...own);
  }
  const subjects = new Set(rows.flatMap(({ subject }) => subject ?? []));
  const erased = await erasuresOf(needs, { subjects, by });
  const indexes = [...rows, ...erased].map(({ index }) => index - start());
  return served({
    sessions: within,
    earlier,
    indexes: indexes.filter((index) => index >= 0).sort((one, other) => one - other),
    sealed: rows.filter(({ session, subject }) => session !== null && subject !== null).length,
  });
}

type Sessions = Promise<Served<readonly ChosenSession[]>>;

async function named(
  { models }: ChoosingNeeds,
  { agent: of, sessions, fromAt, untilAt }: PackAsked,
  by: Caller,
): Sessions {
  const found: ChosenSession[] = [];
  for (const session of new Set(sessions)) {
    const [row] = (await models.sessions({ session, limit: 1 })).rows;
    if (row === undefined || !isFor(by, row.agent) || (of !== null && row.agent !== of)) {
      return refused('unknown-session', `there is no session \`${session.slice(0, 100)}\``);
    }
    const { agent } = row;
    const within = { agent, session, ...timesOf({ fromAt, untilAt }), limit: 1 };
    const isWithin = (await models.events(within)).rows.length > 0;
    if (isWithin) found.push({ agent, session });
  }
  return served(found);
}

async function ofAgent(
  { models, bounds }: ChoosingNeeds,
  { agent, fromAt, untilAt }: PackAsked,
): Sessions {
  if (agent === null) return refused('bad-request', 'name an agent, or sessions', { at: 'agent' });
  const found = new Set<string>();
  let looked = 0;
  for await (const rows of pages(models, { agent, ...timesOf({ fromAt, untilAt }) })) {
    for (const { session } of rows) if (session !== null) found.add(session);
    looked += rows.length;
    if (looked > bounds.entries) return tooLarge(`${bounds.entries} entries`);
    if (found.size > bounds.sessions) break;
  }
  return served([...found].map((session) => ({ agent, session })));
}

/** Oldest first; null: more than there may be. */
async function all(
  { models }: ChoosingNeeds,
  filter: Filter,
  most: number,
): Promise<readonly EventRow[] | null> {
  const found: EventRow[] = [];
  for await (const rows of pages(models, filter)) {
    found.push(...rows);
    if (found.length > most) return null;
  }
  return found;
}

/** What stands in the chain of an agent itself. */
async function chainOf(
  needs: ChoosingNeeds,
  agent: string,
  most: number,
): Promise<readonly EventRow[] | null> {
  const found: EventRow[] = [];
  for (const kind of AGENT_KINDS) {
    const rows = await all(needs, { agent, kind }, most - found.length);
    if (rows === null) return null;
    found.push(...rows.filter(({ session }) => session === null));
  }
  return found;
}

async function erasuresOf(
  needs: ChoosingNeeds,
  { subjects, by }: { readonly subjects: ReadonlySet<string>; readonly by: Caller },
): Promise<readonly EventRow[]> {
  const found: EventRow[] = [];
  for await (const rows of pages(needs.models, { kind: 'erasure' })) {
    for (const row of rows) {
      const { subject, sessions } = (await readEntry(needs.sequencer, row.index))?.open ?? {};
      const isIn = typeof subject === 'string' && subjects.has(subject);
      if (isIn && (await mayKnow(needs, sessions, by))) found.push(row);
    }
  }
  return found;
}

/** An erasure names the sessions it closed, which may be of agents the caller is not for. */
async function mayKnow(
  { models }: ChoosingNeeds,
  sessions: Json | undefined,
  by: Caller,
): Promise<boolean> {
  if (by.agents === null || !Array.isArray(sessions)) return true;
  for (const session of sessions) {
    const [row] = (await models.sessions({ session: String(session), limit: 1 })).rows;
    if (row === undefined || !isFor(by, row.agent)) return false;
  }
  return true;
}

/** Oldest first, a page at a time. */
async function* pages(
  models: Pick<Models, 'events'>,
  filter: Filter,
): AsyncGenerator<readonly EventRow[]> {
  for (let after = -1; ;) {
    const { rows, next } = await models.events({ ...filter, after, limit: PAGE });
    yield rows;
    if (next === null) return;
    after = next;
  }
}

function timesOf({ fromAt, untilAt }: Pick<PackAsked, 'fromAt' | 'untilAt'>): Filter {
  return { ...(fromAt === null ? {} : { fromAt }), ...(untilAt === null ? {} : { untilAt }) };
}

function tooLarge(most: string): Served<never> {
  return refused('too-large', `it would be more than ${most}: ask for less, such as fewer days`);
}

function nothing(earlier: number): Served<never> {
  if (earlier === 0) return refused('not-found', 'no session matches');
  const where = 'pack it from its files: `plumb pack DATA/log/rolled/<n> -o evidence.tar.gz`';
  return refused('not-found', `every session that matches began in a log of before; ${where}`);
}
