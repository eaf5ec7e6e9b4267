import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseLiveMessage } from './live-message.ts';

const row = { index: 7, at: 1_700, kind: 'decided', agent: 'banking', session: null };

test('live: a message tells its rows and how far it goes', () => {
  const text = JSON.stringify({ from: 6, to: 8, rows: [{ ...row, verdict: 'deny' }] });
  assert.deepEqual(parseLiveMessage(text), { to: 8, rows: [row] });
});

test('live: who is too far behind is told up to where', () => {
  assert.deepEqual(parseLiveMessage('{"index": 40}'), { to: 40, rows: [] });
});

test('live: what is no message, and rows that are none, count for nothing', () => {
  for (const text of ['', '{', 'null', '[]', '{"rows": []}', 5, undefined]) {
    assert.equal(parseLiveMessage(text), null);
  }
  const odd = JSON.stringify({ to: 9, rows: [null, 3, { index: 'x' }, row] });
  assert.deepEqual(parseLiveMessage(odd), { to: 9, rows: [row] });
});
