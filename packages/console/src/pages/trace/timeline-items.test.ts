import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { AroundRow } from '../../data/around.ts';
import type { TraceRow } from '../../data/traces.ts';
import { timelineItems } from './timeline-items.ts';

function own(index: number, kind: string, secret: object | null = null): TraceRow {
  const sealed = secret === null ? 'sealed' : 'opened';
  const held = secret === null ? null : { ...secret };
  return { index, at: index, kind, open: {}, sealed, secret: held, source: null };
}

function about(index: number, kind: string, open: object): AroundRow {
  return { index, at: index, kind, agent: 'mail', open: { ...open }, covers: 'yes' };
}

function told(rows: readonly TraceRow[], around: readonly AroundRow[]) {
  return timelineItems(rows, around).map(({ row, isAround, same }) => [
    row.index,
    isAround,
    same.length,
  ]);
}

test('timeline: what stands about a session is joined in the order of the log', () => {
  const rows = [own(1, 'session_opened'), own(5, 'message')];
  assert.deepEqual(told(rows, [about(3, 'halt', { scope: 'fleet' })]), [
    [1, false, 0],
    [3, true, 0],
    [5, false, 0],
  ]);
});

test('timeline: the halt of a room is shown once it is known which room the session is of', () => {
  const halts = ['war room', 'kitchen'].map((target, place) => ({
    ...about(3 + place, 'halt', { scope: 'room', target }),
    covers: 'unknown' as const,
  }));
  assert.deepEqual(told([own(1, 'session_opened')], halts), [[1, false, 0]]);
  assert.deepEqual(told([own(1, 'session_opened', { room: 'war room' })], halts), [
    [1, false, 0],
    [3, true, 0],
  ]);
});

test('timeline: readings of one key in a row stand as one', () => {
  const readings = ['k1', 'k1', 'k2', 'k1'].map((by, place) =>
    about(3 + place, 'read', { by, session: 's', decision: null }),
  );
  assert.deepEqual(told([own(1, 'session_opened')], readings), [
    [1, false, 0],
    [3, true, 1],
    [5, true, 0],
    [6, true, 0],
  ]);
});
