import assert from 'node:assert/strict';
import { test } from 'node:test';

import { orderText, parseOrder } from './column.ts';
import { hiddenIds } from './layout.ts';
import { rowAfter } from './row-after.ts';

test('table: keys go to a row that is there, and nowhere beyond the first and last', () => {
  assert.equal(rowAfter('ArrowDown', 3, 5), 4);
  assert.equal(rowAfter('ArrowDown', 4, 5), null);
  assert.equal(rowAfter('PageUp', 3, 500), 0);
  assert.equal(rowAfter('End', 0, 500), 499);
  assert.equal(rowAfter('a', 0, 5), null);
});

test('table: narrow tables hide what is not needed, and what a reader chose stays', () => {
  const columns = [{ id: 'agent' }, { id: 'why', wideFrom: 900 }, { id: 'pact', isHidden: true }];
  const hidden = (width: number, chosen = {}): readonly string[] => [
    ...hiddenIds(columns, width, new Map(Object.entries(chosen))),
  ];
  assert.deepEqual(hidden(320), ['why', 'pact']);
  assert.deepEqual(hidden(1200), ['pact']);
  assert.deepEqual(hidden(320, { why: true, agent: false }), ['agent', 'pact']);
});

test('table: an order reads back from the address', () => {
  assert.deepEqual(parseOrder('-at'), { id: 'at', isDescending: true });
  assert.equal(orderText(parseOrder('-at')), '-at');
  assert.equal(parseOrder(''), null);
});
