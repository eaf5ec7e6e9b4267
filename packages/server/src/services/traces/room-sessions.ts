import type { Caller } from '../../routes/caller.ts';
import { ownerOf } from '../../guard/undo-agent.ts';
import type { OpeningRow, SessionRow } from '../../store/models.ts';
import { openEntry, readEntry } from '../read-entry.ts';
import { served } from '../served.ts';
import type { Served } from '../services.ts';
import type { RoomAsked, RoomSessions } from './traces.ts';
import type { TracesNeeds } from './traces-needs.ts';

/** So many openings of sessions are opened for one answer: which room each is in is sealed. */
const MOST_OPENINGS = 2_000;
/** So many of agents that are not seen are passed over for one answer. */
const MOST_PASSED = 50_000;
const PAGE = 500;

/**
 * Returns sessions of a room, newest first. The marks of rooms say which may be of it, and all
 * openings from before there were marks; of which room one is, what is sealed of it says alone.
 * That each was read is recorded before it is told.
 */
export async function roomSessions(
  needs: TracesNeeds,
  asked: RoomAsked,
  by: Caller,
): Promise<Served<RoomSessions>> {
  await needs.caughtUp();
  const rows: SessionRow[] = [];
  let looked = 0;
  let passed = 0;
  let last: number | null = null;
  for await (const opening of openings(needs, asked)) {
    // What others do in a room is not told, neither by a count nor by a page that follows.
    if (!isSeen(opening, asked)) {
      passed += 1;
      if (passed >= MOST_PASSED) return served({ rows, looked, next: opening.index });
      continue;
    }
    if (looked >= MOST_OPENINGS || rows.length >= asked.limit) {
      return served({ rows, looked, next: last });
    }
    looked += 1;
    last = opening.index;
    const row = await sessionIn(needs, opening, asked);
    if (row === null) continue;
    const { agent, session } = row;
    const open = { by: by.id, session, decision: null };
    const noted = await needs.write({ kind: 'read', agent: ownerOf(agent), open });
    if (!noted.ok) return noted;
    rows.push(row);
  }
  return served({ rows, looked, next: null });
}

/** The entries that opened sessions which may be in a room, the newest first. */
async function* openings(
  { models, roomMark }: TracesNeeds,
  { room, before: from }: RoomAsked,
): AsyncGenerator<OpeningRow> {
  let before = from;
  do {
    const asked = { roomMark: roomMark(room), before, limit: PAGE };
    const page: Awaited<ReturnType<typeof models.roomOpenings>> = await models.roomOpenings(asked);
    yield* page.rows;
    before = page.next;
  } while (before !== null);
}

function isSeen({ agent }: OpeningRow, { agents }: RoomAsked): boolean {
  return agents === null || agents.includes(ownerOf(agent));
}

async function sessionIn(
  needs: TracesNeeds,
  { index, agent, session }: OpeningRow,
  { room }: RoomAsked,
): Promise<SessionRow | null> {
  const entry = await readEntry(needs.sequencer, index);
  if (entry === undefined) return null;
  const unsealed = await openEntry(needs, entry);
  if (unsealed.state !== 'opened' || unsealed.secret['room'] !== room) return null;
  const [row] = (await needs.models.sessions({ agent, session, limit: 1 })).rows;
  return row ?? null;
}
