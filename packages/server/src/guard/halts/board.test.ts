import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Clock } from '../../../testing/guard-scene.ts';
import { HaltBoard, type HaltNote } from './board.ts';
import { LeaseTable } from './leases.ts';

function noteOf(id: string, of: Partial<HaltNote> = {}): HaltNote {
  const what = { agent: 'support', scope: 'agent', target: '', reason: 'a test' } as const;
  const when = { latchedAt: 1, latchedMs: 0, effectiveAt: null, effectiveMs: null };
  const kept = { index: null, unwritten: 0, durable: null, resumedAt: null };
  return { id, ...what, by: 'ops', incident: null, ...when, ...kept, parts: [], ...of };
}

test('board: what is in force stays listed when a thousand halts came after it', () => {
  const clocks = new Clock();
  const leases = new LeaseTable(clocks, 2_000);
  const board = new HaltBoard({ clocks, leases, settled: () => undefined });
  board.add(noteOf('first'));
  for (let number = 0; number < 2_000; number += 1) {
    board.add(noteOf(`resumed-${number}`, { resumedAt: 2 }));
  }
  assert.equal(board.notes().length, 1_000);
  assert.equal(board.find('first')?.id, 'first');
  for (let number = 0; number < 2_000; number += 1) {
    board.add(noteOf(`session-${number}`, { scope: 'session', target: `s${number}` }));
  }
  assert.equal(board.find('first')?.id, 'first', 'of sessions there is no end');
  assert.equal(board.notes().length, 1_000);
});
