import type { Entry } from '@plumbline/core';

import type { SessionRow } from '../../store/models.ts';
import { roomKeyOf } from '../../store/room-key-of.ts';
import type { AroundRow } from './traces.ts';

/** A session as its row and its opening tell of it openly. */
type Of = {
  readonly row: SessionRow;
  readonly opening: Entry;
  readonly roomMark: (room: string) => string;
};

/**
 * Returns whether an entry of the agent's chain reaches a session. Of rooms and tasks it is told as
 * far as it stands openly: by the mark of the session's room, and by a task that the pact knows.
 */
export function coverageOf(
  { kind, open }: Entry,
  { row, opening, roomMark }: Of,
): AroundRow['covers'] | 'no' {
  if (kind !== 'halt' && kind !== 'resume') return 'yes';
  const { scope, target } = open;
  switch (scope) {
    case 'session':
      return target === row.session ? 'yes' : 'no';
    case 'task':
      return row.task === null ? 'unknown' : answer(row.task === target);
    case 'room':
      return typeof target === 'string' ? roomCoverage(opening, roomMark(target)) : 'no';
    default:
      return 'yes';
  }
}

function roomCoverage({ open }: Entry, mark: string): AroundRow['covers'] | 'no' {
  const own = open['roomMark'];
  if (own === null || own === mark) return answer(own === mark);
  // The mark of another key does not say which room it stands for.
  const isOfKey = typeof own === 'string' && roomKeyOf(own) === roomKeyOf(mark);
  return isOfKey ? 'no' : 'unknown';
}

function answer(isSame: boolean): 'yes' | 'no' {
  return isSame ? 'yes' : 'no';
}
