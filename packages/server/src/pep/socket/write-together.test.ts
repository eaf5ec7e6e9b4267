import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';

import { writeTogether } from './write-together.ts';

test('write together: what is written in one turn goes out in one piece and in order', async () => {
  const pieces: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    writev: (chunks, done) => {
      pieces.push(chunks.map(({ chunk }) => String(chunk)).join(''));
      done();
    },
  });
  writeTogether(stream, 'a');
  await Promise.resolve();
  writeTogether(stream, Buffer.from('b'));
  await new Promise((resolve) => setImmediate(resolve));
  writeTogether(stream, 'c');
  stream.end();
  await new Promise((resolve) => stream.once('finish', resolve));
  assert.deepEqual(pieces, ['ab', 'c']);
});
