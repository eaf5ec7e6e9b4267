import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeHex, encodeUtf8, leafHash, openCheckpoint, verifyLog } from '@plumbline/ledger';
import { verifies } from '@plumbline/testkit';
import { fill, openTestLog, refusalOf, submission, TEST_ORIGIN } from '../../testing/log-scene.ts';
import { SimulatedDisk } from '../../testing/simulated-disk.ts';
import { diskSource } from './disk-source.ts';
import type { LogOptions } from './log-options.ts';
import { primitives, signerOf } from './primitives.ts';
import { retain } from './retain.ts';

const DAY_MS = 86_400_000;
const continues: LogOptions['continues'] = ({ origin, size }) =>
  submission(`continues ${origin} of ${size}`);

async function textsOf(read: Promise<readonly Uint8Array[]>): Promise<readonly string[]> {
  return (await read).map((entry) => Buffer.from(entry).toString('utf8'));
}

async function rolledOnce(): Promise<ReturnType<SimulatedDisk['mount']>> {
  const disk = new SimulatedDisk(1).mount();
  const log = await openTestLog(disk, { clock: () => 5 * DAY_MS });
  await fill(log, 300);
  const blob = encodeUtf8('a blob');
  const bytes = encodeUtf8('names a blob');
  await log.append({ bytes, leaf: leafHash(primitives.sha256, bytes), blobs: [blob] }).durable;
  const next = await log.roll(({ origin }) => submission(`rolled over to ${origin}`));
  assert.deepEqual([next.origin, next.size], [`${TEST_ORIGIN}/1`, 0]);
  assert.throws(() => log.append(submission('late')), /the log was rolled over/);
  await log.close();
  return disk;
}

test('roll-over: the next log continues the last, which stays readable and verifies', async () => {
  verifies('evidence.tlog');
  const disk = await rolledOnce();
  assert.match(await refusalOf(disk), /^configuration: .* begins where another log ended: give/);
  const log = await openTestLog(disk, { continues });
  assert.equal(log.status().origin, `${TEST_ORIGIN}/1`);
  assert.deepEqual(await textsOf(log.read(0, 10)), [`continues ${TEST_ORIGIN} of 302`]);
  const bytes = (await disk.read('log/rolled/0/checkpoint')) ?? encodeUtf8('');
  const { key } = signerOf(TEST_ORIGIN, new Uint8Array(32).fill(1));
  const opened = await openCheckpoint(primitives, bytes, key);
  assert.ok(opened.ok);
  const { checkpoint } = opened.value;
  const source = diskSource(disk, 'log/rolled/0');
  assert.ok((await verifyLog(primitives.sha256, { source, checkpoint, anchors: [] })).ok);
  const digest = `sha256:${encodeHex(primitives.sha256(encodeUtf8('a blob')))}`;
  assert.equal(Buffer.from((await log.blob(digest)) ?? []).toString(), 'a blob');
  await log.roll(({ origin }) => submission(`rolled over to ${origin}`));
  const third = await openTestLog(disk, { continues });
  assert.equal(third.status().origin, `${TEST_ORIGIN}/2`);
  assert.deepEqual(await disk.list('log/rolled'), ['0', '1']);
  await third.close();
});

test('retention: entries and blobs of old rolled logs go, tiles and checkpoint stay', async () => {
  const disk = await rolledOnce();
  const log = await openTestLog(disk, { continues });
  assert.deepEqual(await retain(disk, { now: 12 * DAY_MS, keepDays: 7 }), []);
  assert.deepEqual(await retain(disk, { now: 12 * DAY_MS + 1, keepDays: 7 }), [0]);
  assert.deepEqual(await retain(disk, { now: 12 * DAY_MS + 1, keepDays: 7 }), []);
  assert.deepEqual(await disk.list('log/rolled/0'), ['checkpoint', 'rolled-at', 'tile']);
  assert.deepEqual(await disk.list('log/rolled/0/tile'), ['0', '1']);
  assert.deepEqual(await textsOf(log.read(0, 10)), [`continues ${TEST_ORIGIN} of 302`]);
  await log.close();
});
