import type { OpeningRow, Page, RoomFilter } from '../models.ts';
import { pageLimit } from '../page.ts';
import { readProgress } from './models-fold.ts';
import type { Sqlite } from './sqlite.ts';

// Each half is read in the order of its index, newest first, and never more of it than a page.
const half = (condition: string): string =>
  `SELECT * FROM (SELECT idx, agent, session FROM session INDEXED BY session_room
    WHERE ${condition} AND idx < ? ORDER BY idx DESC LIMIT ?)`;
const OPENINGS = `${half('room_mark = ?')} UNION ALL ${half('room_mark IS NULL')}
  ORDER BY idx DESC LIMIT ?`;

/** Reads the sessions that are of the room of a mark, or may be; see `Models.roomOpenings`. */
export function readRoomOpenings(
  sqlite: Sqlite,
  { roomMark, before, limit: asked }: RoomFilter,
): Page<OpeningRow> {
  const limit = pageLimit('sessions', { limit: asked });
  const { nextIndex } = readProgress(sqlite);
  const end = before ?? nextIndex;
  // One row more than asked for tells whether there is a next page.
  const most = limit + 1;
  const found = sqlite.statement(OPENINGS).all(roomMark, end, most, end, most, most);
  const rows = found.slice(0, limit).map((row) => ({
    index: Number(row['idx']),
    agent: String(row['agent']),
    session: String(row['session']),
  }));
  return { rows, next: found.length > limit ? (rows.at(-1)?.index ?? null) : null, nextIndex };
}
