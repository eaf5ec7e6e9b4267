import assert from 'node:assert/strict';
import { test } from 'node:test';

import { renderRows } from './table.ts';

test('table: what a cell holds is no row of its own', () => {
  const hostile = 'read\nadmin  allowed\r\n\u2028x';
  const rows = renderRows(['tool', 'is'], [[hostile, 'no']], '').split('\n');
  assert.deepEqual(rows, ['tool                   is', 'read admin  allowed x  no']);
});
