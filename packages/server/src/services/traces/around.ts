import type { Entry, EntryKind, JsonObject } from '@plumbline/core';

import { ownerOf } from '../../guard/undo-agent.ts';
import type { SessionRow } from '../../store/models.ts';
import { readEntry } from '../read-entry.ts';
import { served } from '../served.ts';
import type { Served } from '../services.ts';
import { coverageOf } from './coverage.ts';
import type { Around, AroundAsked, AroundRow } from './traces.ts';
import type { TracesNeeds } from './traces-needs.ts';

/** What changes how a session is decided on while it is open. */
const DURING = ['halt', 'resume', 'lock', 'unlock', 'gate', 'armed', 'staging_moved'] as const;
/** What names a session, or a decision of it, whenever it is written. */
const NAMING = [
  'grant_given',
  'executor_started',
  'read',
  'correction',
  'audit_judged',
  'undo_planned',
  'drill_done',
] as const;
/** What says how something of the above ended. */
const FOLLOWING = ['halt_effective', 'undo_step'] as const;

/** So many entries of one kind are looked at, from the opening of the session on. */
const MOST_OF_KIND = 500;

/** An entry of the agent's chain that may have to do with a session. */
export type Found = { readonly index: number; readonly entry: Entry };

type Looking = {
  readonly needs: TracesNeeds;
  readonly row: SessionRow;
  readonly opening: Found;
  /** The entry that closed the session; null while it is open. */
  readonly closedIndex: number | null;
};

/** Returns what stands about a session in the chains of its agent, in the order of the log. */
export async function around(
  needs: TracesNeeds,
  { agent, session }: AroundAsked,
  row: SessionRow,
): Promise<Served<Around>> {
  const opening = await boundary(needs, { agent, session, kind: 'session_opened' });
  if (opening === null) return served({ rows: [], isAll: true });
  const closing = await boundary(needs, { agent, session, kind: 'session_closed' });
  const looking = { needs, row, opening, closedIndex: closing?.index ?? null };
  const before = await inForceBefore(looking);
  // What is said of a session under a double of an agent stands in the agent's own chain as well.
  const chains = [...new Set([agent, ownerOf(agent)])];
  const during = await lookAt(looking, DURING, [agent]);
  const naming = await lookAt(looking, NAMING, chains);
  const following = await lookAt(looking, FOLLOWING, chains);
  const inTime = during.found.filter(({ index }) => index < (looking.closedIndex ?? Infinity));
  const named = await thoseNaming(needs, { session, found: naming.found });
  const started = named.filter(({ entry }) => entry.kind === 'executor_started');
  const stops = [...before, ...inTime].flatMap((found) => stopOf(looking, found, started));
  const known = [...stops, ...named.map(rowOf)];
  const ends = following.found.filter(({ entry }) => isEndOf(entry, known)).map(rowOf);
  const rows = [...known, ...ends].toSorted((one, other) => one.index - other.index);
  return served({ rows, isAll: during.isAll && naming.isAll && following.isAll });
}

async function boundary(
  { models, sequencer }: TracesNeeds,
  of: AroundAsked & { readonly kind: EntryKind },
): Promise<Found | null> {
  const [row] = (await models.events({ ...of, limit: 1 })).rows;
  const entry = row === undefined ? undefined : await readEntry(sequencer, row.index);
  return row === undefined || entry === undefined ? null : { index: row.index, entry };
}

type Looked = { readonly found: readonly Found[]; readonly isAll: boolean };

/** The first entries of some kinds since the session was opened. */
async function lookAt(
  { needs: { models, sequencer }, opening }: Looking,
  kinds: readonly EntryKind[],
  agents: readonly string[],
): Promise<Looked> {
  const found: Found[] = [];
  let isAll = true;
  const places = agents.flatMap((agent) => kinds.map((kind) => ({ agent, kind })));
  for (const place of places) {
    const page = await models.events({ ...place, after: opening.index, limit: MOST_OF_KIND });
    isAll &&= page.next === null;
    for (const { index } of page.rows) {
      const entry = await readEntry(sequencer, index);
      if (entry?.session === null) found.push({ index, entry });
    }
  }
  return { found, isAll };
}

/** The halts that were in force when the session was opened. */
async function inForceBefore({
  needs: { models, sequencer },
  row: { agent },
  opening: { index: before },
}: Looking): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const kind of ['halt', 'resume'] as const) {
    const page = await models.events({ agent, kind, before, limit: MOST_OF_KIND });
    for (const { index } of page.rows) {
      const entry = await readEntry(sequencer, index);
      if (entry !== undefined) found.push({ index, entry });
    }
  }
  const last = new Map<string, Found>();
  for (const each of found.toSorted((one, other) => one.index - other.index)) {
    last.set(JSON.stringify([each.entry.open['scope'], each.entry.open['target']]), each);
  }
  return [...last.values()].filter(({ entry }) => entry.kind === 'halt');
}

/** A stop as it is told, where it may have to do with the session. */
function stopOf(
  { needs: { roomMark }, row, opening }: Looking,
  found: Found,
  started: readonly Found[],
): readonly AroundRow[] {
  const covers = coverageOf(found.entry, { row, opening: opening.entry, roomMark });
  if (covers === 'no') return [];
  const { id } = found.entry.open;
  const isNamed = started.some(({ entry }) => id !== undefined && entry.open['halt'] === id);
  return [{ ...rowOf(found), covers: isNamed ? 'yes' : covers }];
}

/** Those that name the session, or one of its decisions. */
async function thoseNaming(
  { models }: TracesNeeds,
  { session, found }: { readonly session: string; readonly found: readonly Found[] },
): Promise<readonly Found[]> {
  const naming: Found[] = [];
  for (const each of found) {
    const { open } = each.entry;
    const { decision, sessions } = open;
    const isNamed = open['session'] === session || (isList(sessions) && sessions.includes(session));
    const named = !isNamed && typeof decision === 'string' && decision !== '';
    const of = named ? (await models.decision(decision))?.session : null;
    if (isNamed || of === session) naming.push(each);
  }
  return naming;
}

function isList(value: JsonObject[string] | undefined): value is readonly JsonObject[string][] {
  return Array.isArray(value);
}

/** Whether an entry says how a halt, or the undoing of an action, ended that is told of. */
function isEndOf({ kind, open }: Entry, known: readonly AroundRow[]): boolean {
  return known.some((row) =>
    kind === 'halt_effective'
      ? row.kind === 'halt' && row.open['id'] === open['halt'] && open['halt'] !== undefined
      : row.kind === 'undo_planned' &&
        row.open['undo'] === open['undo'] &&
        row.open['n'] === open['n'],
  );
}

function rowOf({ index, entry: { at, kind, agent, open } }: Found): AroundRow {
  return { index, at, kind, agent: agent ?? '', open, covers: 'yes' };
}
