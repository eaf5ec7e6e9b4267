import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Entry, EntryKind, JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { readTold } from './read-entry.ts';

function told(kind: EntryKind, open: JsonObject): readonly unknown[] {
  const bare = { v: 1, at: 1, session: null, n: 0, prev: null, sealed: null } as const;
  const said = readTold({ ...bare, kind, agent: 'rooms', open } satisfies Entry);
  return said === null ? [] : [said.event, said.severity, said.phase, said.title];
}

test('notices: what is to be taken back is told, and what nobody knows the end of', () => {
  verifies('incident.undo');
  const undo = 'und_1';
  assert.deepEqual(told('undo_asked', { undo, actions: 3, by: 'key-1' }), [
    'undo-asked',
    'medium',
    'opens',
    'actions of agent `rooms` are to be taken back: approve or deny (3)',
  ]);
  assert.deepEqual(told('undo_voted', { undo, outcome: 'deny', by: 'key-2' }), [
    'undo-decided',
    'low',
    'closes',
    'taking back actions of agent `rooms` was denied',
  ]);
  const step = { undo, n: 0, decision: 'dec_1' };
  assert.deepEqual(told('undo_step', { ...step, state: 'unknown' }).slice(0, 2), [
    'undo-unknown',
    'high',
  ]);
  assert.deepEqual(told('undo_step', { ...step, state: 'done' }), []);
});
