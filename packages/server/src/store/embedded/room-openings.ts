import type { OpeningRow, Page, RoomFilter } from '../models.ts';
import { pageLimit } from '../page.ts';
import { readProgress } from './models-fold.ts';
import { roomKeyOf } from '../room-key-of.ts';
import type { Sqlite } from './sqlite.ts';

// Each part is read newest first, and never more of it than a page. Of marks of other keys, which a
// vault from an old backup leaves behind, it is not known what they stand for.
const part = (condition: string): string =>
  `SELECT * FROM (SELECT idx, agent, session FROM session INDEXED BY session_room
    WHERE ${condition} AND idx < :end ORDER BY idx DESC LIMIT :most)`;
const PARTS = [
  'room_mark = :mark',
  'room_mark IS NULL',
  "room_mark > '' AND room_mark < :key",
  'room_mark >= :past',
];
const OPENINGS = `${PARTS.map(part).join(' UNION ALL ')} ORDER BY idx DESC LIMIT :most`;
/** Stands after every hex digit. */
const PAST = 'g';

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
  const key = roomKeyOf(roomMark);
  const found = sqlite
    .statement(OPENINGS)
    .all({ mark: roomMark, key, past: key + PAST, end, most });
  const rows = found.slice(0, limit).map((row) => ({
    index: Number(row['idx']),
    agent: String(row['agent']),
    session: String(row['session']),
  }));
  return { rows, next: found.length > limit ? (rows.at(-1)?.index ?? null) : null, nextIndex };
}
