import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { AgentBound } from '../../data/agent-bounds.ts';
import { emptyText, mostText, toneOf, usedPart, useText } from './bound-words.ts';

const BOUND: AgentBound = {
  rule: 'refund',
  tools: ['refund'],
  sum: 'amount',
  most: '100.00',
  per: { kind: 'day' },
  used: '80.5',
  left: '19.5',
  endsAtMs: 9,
  session: null,
  emptySessions: 0,
};

test('bounds: what is used and left is said, and what follows', () => {
  assert.equal(mostText(BOUND), '100.00 of amount per day');
  assert.equal(useText(BOUND), '80.5 of 100.00 used, 19.5 left');
  assert.deepEqual([usedPart(BOUND), toneOf(BOUND)], [0.805, 'warn']);
  assert.equal(emptyText(BOUND), 'a call for more is refused until it begins anew');
});

test('bounds: calls are counted by session, by agent, in a time, or each alone', () => {
  const calls = { ...BOUND, sum: null, most: '1', used: '1', left: '0' };
  const hour = { ...calls, most: '2', per: { kind: 'window' as const, lengthMs: 3_600_000 } };
  assert.equal(mostText(hour), '2 calls per 1h');
  const ever = { ...calls, per: { kind: 'agent' as const } };
  assert.deepEqual([mostText(ever), toneOf(ever)], ['1 call in all', 'danger']);
  assert.equal(emptyText(ever), 'the next call is refused until the pact says otherwise');
  const session = { ...calls, per: { kind: 'session' as const } };
  assert.equal(emptyText(session), 'the next call is refused in that session');
  const alone = { ...calls, per: { kind: 'call' as const }, used: null, left: null };
  assert.deepEqual([useText(alone), emptyText(alone)], [null, 'a call beyond it is refused']);
});
