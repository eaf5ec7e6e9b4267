import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { fewNotes } from './few-notes.ts';

test('notes: what is too much is counted, and the next minute begins anew', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const heard: string[] = [];
  const note = fewNotes((text) => void heard.push(text), { most: 2, withinMs: 60_000 });
  for (const text of ['a', 'b', 'c', 'd', 'e']) note(text);
  assert.deepEqual(heard, ['a', 'b']);
  mock.timers.tick(60_000);
  assert.deepEqual(heard.slice(2), ['3 more notes of the last 60 s were left out']);
  note('f');
  mock.timers.tick(60_000);
  assert.deepEqual(heard.slice(3), ['f']);
  mock.timers.reset();
});
