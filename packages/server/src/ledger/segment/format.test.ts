import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Batch, batchBuffer } from './batch.ts';
import { crc32c } from './crc32c.ts';
import {
  decodeHeader,
  encodeHeader,
  findFrame,
  FRAME_BYTES,
  readFrame,
  readRecord,
  seedOf,
  windowOn,
} from './format.ts';

const id = Uint8Array.from({ length: 16 }, (_, at) => at);
const other = Uint8Array.from({ length: 16 }, (_, at) => at + 1);
const OFFSET = 5000;
const INDEX = 2 ** 33 + 7;

function batchBytes(): Buffer {
  const segment = { seed: seedOf(id) };
  const place = { segment, offset: OFFSET, limit: 1000, first: INDEX };
  const batch = new Batch(place, batchBuffer(1000));
  for (const text of ['one', 'two']) batch.add({ bytes: Buffer.from(text), leaf: id }, 3);
  batch.resolve();
  return batch.encoded();
}

test('format: the bytes of a batch are those the description gives', () => {
  const bytes = batchBytes();
  assert.equal(bytes.length, 24 + 2 * (6 + 3));
  assert.equal(bytes.toString('latin1', 0, 4), 'PBAT');
  assert.equal(bytes.toString('hex', 8, 24), '00020000000700000000000200000012');
  assert.equal(bytes.toString('hex', 28, 30), '0003');
  assert.equal(bytes.toString('latin1', 30, 33), 'one');
});

test('format: a batch and its records stand only at their own place in their segment', () => {
  const bytes = batchBytes();
  const own = windowOn(bytes, OFFSET, seedOf(id));
  assert.deepEqual(readFrame(own, 0), { first: INDEX, count: 2, length: 18 });
  assert.equal(readRecord(own, FRAME_BYTES, INDEX)?.toString(), 'one');
  assert.equal(readRecord(own, FRAME_BYTES + 9, INDEX + 1)?.toString(), 'two');
  assert.equal(readRecord(own, FRAME_BYTES, INDEX + 1), undefined);
  assert.equal(readRecord(own, FRAME_BYTES, INDEX + 2 ** 32), undefined);
  assert.equal(readFrame(windowOn(bytes, OFFSET + 1, seedOf(id)), 0), undefined);
  const elsewhere = windowOn(bytes, OFFSET, seedOf(other));
  assert.equal(readFrame(elsewhere, 0), undefined);
  assert.equal(readRecord(elsewhere, FRAME_BYTES, INDEX), undefined);
});

test('format: every flipped bit of a batch is seen', () => {
  const bytes = batchBytes();
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const window = windowOn(flipped, OFFSET, seedOf(id));
    const isWhole =
      readFrame(window, 0) !== undefined &&
      readRecord(window, FRAME_BYTES, INDEX) !== undefined &&
      readRecord(window, FRAME_BYTES + 9, INDEX + 1) !== undefined;
    assert.ok(!isWhole, `bit ${bit}`);
  }
});

test('format: a frame is found behind other bytes, and one that is cut off is not', () => {
  const bytes = Buffer.concat([Buffer.from('PBATPBAT'), batchBytes()]);
  assert.equal(findFrame(windowOn(bytes, OFFSET - 8, seedOf(id)), 0), 8);
  const cut = windowOn(bytes.subarray(0, 20), OFFSET - 8, seedOf(id));
  assert.equal(findFrame(cut, 0), -1);
});

test('format: a header comes back, and damage or another version is told', () => {
  const header = { first: INDEX, id, previous: other };
  const bytes = encodeHeader(header);
  assert.equal(bytes.length, 4096);
  assert.deepEqual(decodeHeader(bytes), header);
  for (let at = 0; at < 64; at += 1) {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    assert.equal(decodeHeader(damaged), 'damaged', `byte ${at}`);
  }
  assert.equal(decodeHeader(bytes.subarray(0, 100)), 'damaged');
  const later = Buffer.from(bytes);
  later.writeUInt32BE(2, 8);
  later.writeUInt32BE(crc32c(Buffer.concat([later.subarray(0, 12), later.subarray(16, 64)])), 12);
  assert.equal(decodeHeader(later), 'version');
});
