import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { type Entry, parseEntry } from '@plumbline/core';
import { encodeBase64, leafHash } from '@plumbline/ledger';
import { verifies } from '@plumbline/testkit';

import { openMemorySequencer, type MemorySequencer } from '../../testing/memory-sequencer.ts';
import { primitives } from '../ledger/primitives.ts';
import { openPayload } from '../seal/seal.ts';
import { EntryTooLarge, type Recordable, Recorder } from './recorder.ts';

const subject = { id: `sub_${'0'.repeat(32)}`, key: new Uint8Array(32).fill(3) };

const bare = { at: 5, agent: null, session: null, secret: null, subject: null } as const;

function said(text: string, session = 'ses_1'): Recordable {
  const secret = { from: 'principal', text };
  const open = { from: 'principal' };
  return { at: 5, agent: 'a', session, kind: 'message', open, secret, subject };
}

async function recording(): Promise<{ log: MemorySequencer; recorder: Recorder }> {
  const log = await openMemorySequencer();
  return { log, recorder: new Recorder({ sequencer: log }) };
}

async function entriesOf(log: MemorySequencer): Promise<readonly Entry[]> {
  await log.publish();
  return log.entries().map((bytes) => {
    const read = parseEntry(bytes);
    assert.ok(read.ok, read.ok ? '' : read.error);
    return read.value;
  });
}

describe('recorder', () => {
  test('continues each chain by place and leaf hash, whatever stands between', async () => {
    const { log, recorder } = await recording();
    recorder.record(said('one'));
    recorder.record({ ...bare, kind: 'boot', open: {} });
    recorder.record(said('other', 'ses_2'));
    recorder.record(said('two'));
    const entries = await entriesOf(log);
    assert.deepEqual(
      entries.map(({ session, n }) => [session, n]),
      [
        ['ses_1', 0],
        [null, 0],
        ['ses_2', 0],
        ['ses_1', 1],
      ],
    );
    const first = log.entries()[0];
    assert.ok(first !== undefined);
    assert.equal(entries[3]?.prev, encodeBase64(leafHash(primitives.sha256, first)));
  });

  test('seals what is secret, and its subject opens it', async () => {
    const { log, recorder } = await recording();
    recorder.record(said('a secret word'));
    const [entry] = await entriesOf(log);
    assert.ok(entry?.sealed);
    assert.doesNotMatch(Buffer.from(log.entries()[0] ?? []).toString(), /secret word/);
    const opened = openPayload({ sealed: entry.sealed, subjectKey: subject.key });
    assert.ok(opened.ok);
    assert.equal(
      Buffer.from(opened.value).toString(),
      '{"from":"principal","text":"a secret word"}',
    );
  });

  test('puts a long secret into a blob, so that the entry fits', async () => {
    const { log, recorder } = await recording();
    recorder.record(said('x'.repeat(200_000)));
    const [entry] = await entriesOf(log);
    assert.ok(entry?.sealed && 'blob' in entry.sealed);
    const blob = await log.blob(entry.sealed.blob.digest);
    assert.ok(blob !== undefined);
    assert.ok(openPayload({ sealed: entry.sealed, subjectKey: subject.key, blob }).ok);
  });

  test('never writes an earlier moment than the one before', async () => {
    const { log, recorder } = await recording();
    recorder.record({ ...bare, at: 9, kind: 'boot', open: {} });
    assert.equal(recorder.now(3), 9);
    recorder.record({ ...bare, at: 3, kind: 'heartbeat', open: {} });
    assert.deepEqual(
      (await entriesOf(log)).map(({ at }) => at),
      [9, 9],
    );
  });

  test('what the log did not take changed no chain', async () => {
    verifies('evidence.before-effect');
    const { log, recorder } = await recording();
    recorder.record(said('one'));
    log.refuseAppends(true);
    assert.throws(() => recorder.record(said('two')));
    log.refuseAppends(false);
    const open = { long: 'x'.repeat(70_000) };
    assert.throws(() => recorder.record({ ...bare, kind: 'refused', open }), EntryTooLarge);
    recorder.record(said('three'));
    assert.deepEqual(
      (await entriesOf(log)).map(({ n }) => n),
      [0, 1],
    );
  });

  test('forgets a chain that ended, and goes on after a restart where it was', async () => {
    const { log, recorder } = await recording();
    recorder.record(said('one'));
    recorder.record(said('two', 'ses_2'));
    const closed = { ...said(''), kind: 'session_closed', secret: null } as const;
    recorder.record({ ...closed, open: { reason: 'closed' } });
    assert.equal(recorder.chainCount, 1);
    await log.publish();
    const again = new Recorder({ sequencer: log });
    for (const bytes of log.entries()) again.follow(bytes);
    assert.equal(again.chainCount, 1);
    assert.deepEqual(again.head('a', 'ses_2'), recorder.head('a', 'ses_2'));
    assert.equal(again.now(0), 5);
  });

  test('writes half a surrogate pair as the character for what is unreadable', async () => {
    const { log, recorder } = await recording();
    recorder.record({ ...bare, kind: 'refused', open: { 'a\ud800': ['\udc00', 1] } });
    const [entry] = await entriesOf(log);
    assert.deepEqual(entry?.open, { 'a\uFFFD': ['\uFFFD', 1] });
  });
});
