import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Entry, EntryKind, JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { readTold } from './read-entry.ts';

function told(kind: EntryKind, agent: string, open: JsonObject): readonly unknown[] {
  const bare = { v: 1, at: 1, session: null, n: 0, prev: null, sealed: null } as const;
  const entry: Entry = { ...bare, kind, agent, open };
  const said = readTold(entry);
  return said === null ? [] : [said.event, said.severity, said.phase, said.title];
}

const HALT = { id: 'hlt_1', scope: 'agent', target: '', reason: 'r', by: 'drill', epoch: 1 };

test('notices: what is practised is told as a drill, what is real never', () => {
  verifies('human.drills');
  assert.deepEqual(told('halt', 'refunds~drill', HALT), [
    'drill',
    'low',
    'opens',
    'DRILL, nothing is stopped: a halt of agent `refunds` would be told here',
  ]);
  assert.deepEqual(told('halt', 'refunds', HALT).slice(0, 2), ['halt', 'critical']);
  const ended = { execution: 'exe_1', executor: 'processes', state: 'failed', tries: 0 };
  assert.deepEqual(told('executor_ended', 'refunds~drill', ended), []);
  assert.deepEqual(told('resume', 'refunds~drill', HALT), []);
});

test('notices: a drill that failed, is overdue, or finds too few people is told', () => {
  verifies('human.drills');
  const times = { latchedMs: 9, effectiveMs: 12, lastForwardMs: 1 };
  const of = (state: string): readonly unknown[] =>
    told('drill_done', 'refunds', { drill: 'drl_1', state, why: null, times });
  const passed = 'halt drill of agent `refunds`: passed, effective after 12 ms';
  assert.deepEqual(of('passed'), ['drill-done', 'low', 'closes', passed]);
  assert.deepEqual(of('failed').slice(0, 3), ['drill-failed', 'high', 'tells']);
  assert.deepEqual(of('interrupted').slice(0, 2), ['drill-failed', 'medium']);
  const counted = { dueAt: 1, holders: 2, needed: 3 };
  const alert = (what: string, state: string): readonly unknown[] =>
    told('drill_alert', 'refunds', { what, state, ...counted });
  assert.deepEqual(alert('overdue', 'raised'), [
    'drill-overdue',
    'high',
    'opens',
    'the halt drill of agent `refunds` is overdue',
  ]);
  assert.deepEqual(alert('holders', 'raised'), [
    'few-holders',
    'high',
    'opens',
    'too few people may halt agent `refunds`',
  ]);
  assert.deepEqual(alert('holders', 'cleared').slice(0, 3), ['few-holders', 'low', 'closes']);
});
