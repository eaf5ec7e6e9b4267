import assert from 'node:assert/strict';
import { test } from 'node:test';

import { visibleParts, visibleText } from './visible-text.ts';

test('visible-text: what reorders, hides or commands a terminal is named instead of obeyed', () => {
  assert.equal(visibleText('pay\u202e nab'), 'pay[RLO] nab');
  assert.equal(visibleText('a\u200bb\u{e0041}c'), 'a[ZWSP]b[U+E0041]c');
  assert.equal(visibleText('\u001b[31mred'), '[ESC][31mred');
  assert.equal(visibleText('lone \ud800 half'), 'lone [U+D800] half');
});

test('visible-text: ordinary text of any language and its line breaks stay as they are', () => {
  const text = 'Grüße\nשלום 👋🏽';
  assert.deepEqual(visibleParts('Grüße\r\nשלום 👋🏽'), [{ text, isMark: false }]);
});
