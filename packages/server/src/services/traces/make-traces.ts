import type { Entry } from '@plumbline/core';

import type { Caller } from '../../routes/caller.ts';
import { ownerOf } from '../../guard/undo-agent.ts';
import type { SessionRow } from '../../store/models.ts';
import { openEntry, readEntry } from '../read-entry.ts';
import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import type { WriteEntry } from '../write-entry.ts';
import { around } from './around.ts';
import { roomSessions } from './room-sessions.ts';
import { Sources } from './sources.ts';
import type { AroundAsked, Trace, TraceAsked, TraceRow, Traces } from './traces.ts';
import type { TracesNeeds } from './traces-needs.ts';

// A part is sent as a whole, and what is opened stands in memory until it is.
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** Returns the service of sessions' traces. */
export function makeTraces(needs: TracesNeeds): Traces {
  const sources = new Sources(needs);
  return {
    recorded: async (asked) => {
      const found = await find(needs, asked);
      return found.ok ? part(needs, sources, { asked, row: found.value, isOpened: false }) : found;
    },
    opened: async (asked, by) => {
      const found = await find(needs, asked);
      if (!found.ok) return found;
      const noted = await noteReading(needs, asked, by);
      if (!noted.ok) return noted;
      return part(needs, sources, { asked, row: found.value, isOpened: true });
    },
    around: async (asked) => {
      const found = await find(needs, asked);
      return found.ok ? around(needs, asked, found.value) : found;
    },
    room: (asked, by) => roomSessions(needs, asked, by),
  };
}

async function find(
  { models, caughtUp }: TracesNeeds,
  { agent, session }: AroundAsked,
): Promise<Served<SessionRow>> {
  await caughtUp();
  const [row] = (await models.sessions({ agent, session, limit: 1 })).rows;
  return row === undefined
    ? refused('unknown-session', `there is no session \`${session}\``)
    : served(row);
}

function noteReading(
  { write }: TracesNeeds,
  { agent, session }: TraceAsked,
  by: Caller,
): ReturnType<WriteEntry> {
  return write({
    kind: 'read',
    agent: ownerOf(agent),
    open: { by: by.id, session, decision: null },
  });
}

type Part = { readonly asked: TraceAsked; readonly row: SessionRow; readonly isOpened: boolean };

async function part(
  needs: TracesNeeds,
  sources: Sources,
  { asked: { agent, session, after, limit }, row, isOpened }: Part,
): Promise<Served<Trace>> {
  const listed = await needs.models.events({ agent, session, after: after ?? -1, limit });
  const rows: TraceRow[] = [];
  let size = 0;
  for (const { index } of listed.rows) {
    const entry = await readEntry(needs.sequencer, index);
    if (entry === undefined) continue;
    const shown = await rowOf(needs, sources, { index, entry, isOpened });
    size += JSON.stringify(shown).length;
    if (size > MOST_CHARACTERS && rows.length > 0) break;
    rows.push(shown);
  }
  const last = rows.at(-1)?.index ?? null;
  const isWhole = last === null || last === listed.rows.at(-1)?.index;
  const next = isWhole ? listed.next : last;
  return served({ session: row, rows, next, nextIndex: listed.nextIndex });
}

async function rowOf(
  needs: TracesNeeds,
  sources: Sources,
  {
    index,
    entry,
    isOpened,
  }: { readonly index: number; readonly entry: Entry; readonly isOpened: boolean },
): Promise<TraceRow> {
  const { at, kind, open } = entry;
  const source = await sources.of(entry);
  const row = { index, at, kind, open, source };
  if (entry.sealed === null) return { ...row, sealed: 'none', secret: null };
  if (!isOpened) return { ...row, sealed: 'sealed', secret: null };
  const unsealed = await openEntry(needs, entry);
  const secret = unsealed.state === 'opened' ? unsealed.secret : null;
  return { ...row, sealed: unsealed.state, secret };
}
