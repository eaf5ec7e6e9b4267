import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sizeText } from './size-text.ts';

test('sizes: bytes are said in the unit people would take', () => {
  for (const [bytes, text] of [
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_000, '1 kB'],
    [1_234, '1.2 kB'],
    [45_678, '46 kB'],
    [345_678, '346 kB'],
    [999_700, '1 MB'],
    [12_345_678, '12 MB'],
    [3_210_000_000, '3.2 GB'],
    [5_000_000_000_000, '5000 GB'],
  ] as const) {
    assert.equal(sizeText(bytes), text, String(bytes));
  }
});
