import { ownerOf } from '../../guard/undo-agent.ts';
import { eventOfDecision } from '../../store/event-row.ts';
import type { EventRow, Filter, Models, Page } from '../../store/models.ts';
import { type KnownNames, readQuery, type SearchTerms } from './read-query.ts';

/** Where searches look. */
export type SearchReading = {
  readonly models: Pick<Models, 'events' | 'decisions' | 'decision' | 'nextIndex' | 'nameLike'>;
  readonly isAgent: (word: string) => boolean;
};

/** One search. `agents` null: over all. */
export type SearchAsked = {
  readonly q: string;
  readonly agents: readonly string[] | null;
  readonly before?: number;
  readonly limit: number;
};

/** What was found, newest first, and how the words were understood. */
export type Found = Page<EventRow> & {
  readonly terms: SearchTerms;
  readonly unknown: readonly string[];
};

/**
 * Returns the entries that a search is about. Whoever is for some agents finds what is of one they
 * name, of the one they are for, or of a session they name, if it is of one of theirs. What cannot
 * be together, such as a verdict of a message, finds nothing.
 */
export async function search(reading: SearchReading, asked: SearchAsked): Promise<Found> {
  const { terms, unknown } = await readQuery(asked.q, namesOf(reading, asked));
  const told = { terms, unknown };
  const agent = agentFor(asked, terms);
  const isNothing = agent === undefined || (unknown.length > 0 && Object.keys(terms).length === 0);
  if (isNothing) return { ...(await none(reading)), ...told };
  const { before, limit } = asked;
  const place: Filter = {
    limit,
    ...(before === undefined ? {} : { before }),
    ...(agent === null ? {} : { agent }),
  };
  const found = await look(reading, terms, place);
  const rows = found.rows.filter((row) => isSeen(asked, row));
  return { ...found, rows, next: rows.length === 0 ? null : found.next, ...told };
}

/** A double of an agent (`<agent>~undo`) is seen by whoever sees the agent. */
function isSeen({ agents }: SearchAsked, { agent }: Pick<EventRow, 'agent'>): boolean {
  return agents === null || (agent !== null && agents.includes(ownerOf(agent)));
}

/** Names of agents that may not be seen are none: how words are understood would tell them. */
function namesOf({ models, isAgent }: SearchReading, { agents }: SearchAsked): KnownNames {
  return {
    isAgent: (word) => isAgent(word) && (agents === null || agents.includes(word)),
    toolLike: (text) => models.nameLike({ what: 'tool', text, agents }),
    ruleLike: (text) => models.nameLike({ what: 'rule', text, agents }),
  };
}

/** Null: every agent. Undefined: none that may be seen. */
function agentFor(
  { agents }: SearchAsked,
  { agent, session }: SearchTerms,
): string | null | undefined {
  if (agents === null) return agent ?? null;
  const [only] = agents;
  // A session is of one agent alone: either everything that is found is seen, or nothing.
  if (agent === undefined && session !== undefined) return null;
  if (agent === undefined) return agents.length === 1 ? only : undefined;
  return agents.includes(ownerOf(agent)) ? agent : undefined;
}

async function none({ models }: SearchReading): Promise<Page<EventRow>> {
  return { rows: [], next: null, nextIndex: await models.nextIndex() };
}

async function look(
  reading: SearchReading,
  { index, decision, tool, rule, verdict, kind, session }: SearchTerms,
  place: Filter,
): Promise<Page<EventRow>> {
  const { models } = reading;
  const within: Filter = { ...place, ...(session === undefined ? {} : { session }) };
  const at = await indexFor(reading, { index, decision });
  if (at === null) return none(reading);
  const near: Filter = at === undefined ? within : { ...within, before: at + 1, limit: 1 };
  const isOfDecisions = tool !== undefined || rule !== undefined || verdict !== undefined;
  if (isOfDecisions && kind !== undefined && kind !== 'decided') return none(reading);
  const found = isOfDecisions
    ? await decisions(models, { ...near, ...given({ tool, rule, verdict }) })
    : await models.events({ ...near, ...given({ kind }) });
  if (at === undefined) return found;
  const rows = found.rows.filter((row) => row.index === at);
  return { ...found, rows, next: null };
}

/** Undefined: no place is asked for. Null: there is no such place. */
async function indexFor(
  { models }: SearchReading,
  { index, decision }: { index: number | undefined; decision: string | undefined },
): Promise<number | null | undefined> {
  if (decision === undefined) return index;
  const found = (await models.decision(decision))?.index ?? null;
  return index === undefined || index === found ? found : null;
}

async function decisions(models: SearchReading['models'], filter: Filter): Promise<Page<EventRow>> {
  const page = await models.decisions(filter);
  return { ...page, rows: page.rows.map(eventOfDecision) };
}

function given(members: Partial<Filter> | Readonly<Record<string, string | undefined>>): Filter {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
