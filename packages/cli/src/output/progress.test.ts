import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createColors } from 'picocolors';

import { byteCounter, startProgress } from './progress.ts';

/** What a job of 25 seconds says, told of a step every half second. */
function said(isTerminal: boolean): readonly string[] {
  const notes: string[] = [];
  let now = 0;
  const nothing = (): undefined => undefined;
  const colors = createColors(false);
  const note = (text: string): number => notes.push(text);
  const screen = { isTerminal, columns: 100, colors, print: nothing, json: nothing, note };
  const progress = startProgress(screen, { label: 'replaying', total: 50, nowMs: () => now });
  for (let step = 1; step <= 50; step += 1) {
    now = step * 500;
    progress.update(step, `${step} runs`);
  }
  progress.end();
  return notes;
}

test('progress: nothing in the first second, then a sparse line where nobody can rewrite', () => {
  assert.deepEqual(said(false), [
    'replaying 4 % · 2 runs · 1 s\n',
    'replaying 24 % · 12 runs · 6 s\n',
    'replaying 44 % · 22 runs · 11 s\n',
    'replaying 64 % · 32 runs · 16 s\n',
    'replaying 84 % · 42 runs · 21 s\n',
  ]);
});

test('progress: on a terminal one line is rewritten and taken away at the end', () => {
  const notes = said(true);
  assert.equal(notes[0], '\r\u001b[Kreplaying 4 % · 2 runs · 1 s');
  assert.equal(notes.length, 50);
  assert.equal(notes.at(-1), '\r\u001b[K');
});

test('progress: bytes of several files add up', () => {
  const { onBytes, sum } = byteCounter();
  for (const count of [10, 20, 5, 30]) onBytes(count);
  assert.equal(sum(), 50);
});
