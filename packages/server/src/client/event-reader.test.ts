import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EventReader } from './event-reader.ts';

function read(
  text: string,
  { maxBytes = 1_000, step = 1_000 }: { readonly maxBytes?: number; readonly step?: number } = {},
): { readonly seen: readonly string[]; readonly reader: EventReader } {
  const seen: string[] = [];
  const reader = new EventReader(maxBytes, {
    message: (bytes) => void seen.push(bytes.toString('utf8')),
    tooLong: () => void seen.push('too long'),
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += step) reader.take(bytes.subarray(at, at + step));
  return { seen, reader };
}

test('event reader: events are told apart whatever ends their lines, and however they come', () => {
  const text =
    'id: a_1\r\ndata: {"é":1}\r\n\r\n: alive\n\ndata:two\ndata: lines\n\ndata: x\r\rdata: half';
  for (const step of [1, 2, 3, 7, 1_000]) {
    assert.deepEqual(read(text, { step }).seen, ['{"é":1}', 'two\nlines', 'x']);
  }
});

test('event reader: it says where to come back, and when', () => {
  const { seen, reader } = read('id: s_7\nretry: 20\ndata: \n\nretry: soon\n\n');
  assert.deepEqual([seen, reader.lastId, reader.retryMs], [[], 's_7', null]);
  assert.equal(read('retry: 20\n\n').reader.retryMs, 20);
});

test('event reader: what is too long is told once, skipped, and gone on behind', () => {
  const long = `data: ${'x'.repeat(300)}\ndata: ${'y'.repeat(300)}\n\ndata: next\n\n`;
  for (const step of [1, 64, 1_000]) {
    assert.deepEqual(read(long, { maxBytes: 200, step }).seen, ['too long', 'next']);
  }
  const many = `${'data: 12345\n'.repeat(50)}\ndata: next\n\n`;
  assert.deepEqual(read(many, { maxBytes: 200 }).seen, ['too long', 'next']);
});
