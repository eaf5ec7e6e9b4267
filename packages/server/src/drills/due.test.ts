import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { DrillBook, type DrillKind } from './drill-book.ts';
import { dueAt, nextTryAt, overdueAt } from './due.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

function bookFor(): {
  book: DrillBook;
  say: (kind: DrillKind, at: number, o?: JsonObject) => void;
} {
  const book = new DrillBook();
  const say = (kind: DrillKind, at: number, open: JsonObject = {}): void => {
    book.fold({ kind, agent: 'support', at, open, index: at });
  };
  return { book, say };
}

const BEGUN = { drill: 'drl_1', cause: 'scheduled', by: 'schedule', boundMs: 1_000 };
const ENDED = { drill: 'drl_1', state: 'passed', why: null, practised: [] };

test('drills: due dates follow from the ledger, and a pact published again moves none', () => {
  verifies('human.drills');
  const { book, say } = bookFor();
  assert.equal(dueAt(book.row('support')), null);
  say('drill_scheduled', 1_000, { everyMs: 30 * DAY, holders: 3 });
  say('drill_scheduled', 9_000, { everyMs: 30 * DAY, holders: 4 });
  assert.equal(dueAt(book.row('support')), 1_000 + 30 * DAY);
  assert.equal(overdueAt(book.row('support'), HOUR), 1_000 + 30 * DAY + HOUR);
  say('drill_started', 5 * DAY, BEGUN);
  say('drill_done', 5 * DAY + 1, ENDED);
  assert.equal(nextTryAt(book.row('support')), 35 * DAY + 1);
  say('drill_scheduled', 6 * DAY, { everyMs: 10 * MINUTE, holders: 4 });
  assert.equal(overdueAt(book.row('support'), HOUR), 5 * DAY + 1 + 20 * MINUTE);
  say('drill_alert', 6 * DAY + 1, { what: 'overdue', state: 'raised' });
  say('drill_alert', 6 * DAY + 2, { what: 'holders', state: 'raised' });
  say('drill_alert', 6 * DAY + 3, { what: 'overdue', state: 'cleared' });
  const { ruleIndex, lastIndex, alerts } = book.row('support');
  assert.deepEqual([ruleIndex, lastIndex], [6 * DAY, 5 * DAY + 1]);
  assert.deepEqual([...alerts], [['holders', 6 * DAY + 2]]);
  say('drill_scheduled', 7 * DAY, { everyMs: null, holders: null });
  assert.equal(nextTryAt(book.row('support')), null);
});

test('drills: one that was interrupted is made up for at once, others later and later', () => {
  verifies('human.drills');
  const { book, say } = bookFor();
  say('drill_scheduled', 0, { everyMs: DAY, holders: 3 });
  say('drill_started', DAY, BEGUN);
  assert.deepEqual(
    book.running().map(({ id, agent }) => [id, agent]),
    [['drl_1', 'support']],
  );
  say('drill_done', DAY + 5, { ...ENDED, state: 'interrupted' });
  assert.deepEqual(book.running(), []);
  assert.equal(nextTryAt(book.row('support')), DAY + 5);
  say('drill_started', DAY + 10, { ...BEGUN, drill: 'drl_2' });
  say('drill_done', DAY + 20, { ...ENDED, drill: 'drl_2', state: 'failed' });
  assert.equal(nextTryAt(book.row('support')), DAY + 20 + 4 * MINUTE);
  for (let at = 3; at < 9; at += 1) {
    say('drill_started', DAY + at * HOUR, { ...BEGUN, drill: `drl_${at}` });
    say('drill_done', DAY + at * HOUR, { ...ENDED, drill: `drl_${at}`, state: 'failed' });
  }
  assert.equal(nextTryAt(book.row('support')), DAY + 9 * HOUR);
  assert.equal(book.find('drl_3')?.state, 'failed');
});

test('drills: the shortest schedule is not overdue as soon as it is due', () => {
  verifies('human.drills');
  const { book, say } = bookFor();
  say('drill_scheduled', 0, { everyMs: 1, holders: 3 });
  const row = book.row('support');
  assert.deepEqual([dueAt(row), overdueAt(row, HOUR)], [2_000, 4_000]);
});

test('drills: what is remembered of an agent is bounded', () => {
  verifies('human.drills');
  const { book, say } = bookFor();
  for (let at = 0; at < 150; at += 1) say('drill_started', at, { ...BEGUN, drill: `drl_${at}` });
  assert.equal(book.row('support').drills.length, 100);
  assert.equal(book.find('drl_49'), undefined);
});
