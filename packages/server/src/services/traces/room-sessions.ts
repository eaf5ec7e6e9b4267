import type { Caller } from '../../routes/caller.ts';
import type { EventRow, SessionRow } from '../../store/models.ts';
import { openEntry, readEntry } from '../read-entry.ts';
import { served } from '../served.ts';
import type { Served } from '../services.ts';
import type { RoomAsked, RoomSessions } from './traces.ts';
import type { TracesNeeds } from './traces-needs.ts';

/** So many of the last openings of sessions are looked at: which room each is in is sealed. */
const MOST_OPENINGS = 2_000;
const MOST_SESSIONS = 20;
const PAGE = 500;

/** Returns the last sessions of a room. That each was read is recorded before it is told. */
export async function roomSessions(
  needs: TracesNeeds,
  { room, agents }: RoomAsked,
  by: Caller,
): Promise<Served<RoomSessions>> {
  await needs.caughtUp();
  const rows: SessionRow[] = [];
  let looked = 0;
  for await (const opening of openings(needs)) {
    if (looked >= MOST_OPENINGS || rows.length >= MOST_SESSIONS) {
      return served({ rows, looked, isAll: false });
    }
    looked += 1;
    const row = await sessionIn(needs, opening, { room, agents });
    if (row === null) continue;
    const { agent, session } = row;
    const open = { by: by.id, session, decision: null };
    const noted = await needs.write({ kind: 'read', agent, open });
    if (!noted.ok) return noted;
    rows.push(row);
  }
  return served({ rows, looked, isAll: true });
}

/** The entries that opened sessions, the newest first. */
async function* openings({ models }: TracesNeeds): AsyncGenerator<EventRow> {
  let before: number | null = null;
  do {
    const place: { before?: number } = before === null ? {} : { before };
    const page: Awaited<ReturnType<typeof models.events>> = await models.events({
      kind: 'session_opened',
      limit: PAGE,
      ...place,
    });
    yield* page.rows;
    before = page.next;
  } while (before !== null);
}

async function sessionIn(
  needs: TracesNeeds,
  { index, agent, session }: EventRow,
  { room, agents }: RoomAsked,
): Promise<SessionRow | null> {
  if (agent === null || session === null) return null;
  if (agents !== null && !agents.includes(agent)) return null;
  const entry = await readEntry(needs.sequencer, index);
  if (entry === undefined) return null;
  const unsealed = await openEntry(needs, entry);
  if (unsealed.state !== 'opened' || unsealed.secret['room'] !== room) return null;
  const [row] = (await needs.models.sessions({ agent, session, limit: 1 })).rows;
  return row ?? null;
}
