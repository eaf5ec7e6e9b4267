import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeUtf8 } from '@plumbline/ledger';
import { fill, openTestLog } from '../../testing/log-scene.ts';
import { makeTimestamp, type MadeTimestamp } from '../../testing/made-timestamp.ts';
import { SimulatedDisk } from '../../testing/simulated-disk.ts';
import type { Egress } from '../egress/egress.ts';
import type { Log } from './log.ts';

const url = 'https://tsa.example/tsr';

function authority(
  make: (request: Uint8Array) => Uint8Array,
  status = 200,
): Pick<Egress, 'request'> {
  return {
    request: ({ body }) => {
      assert.ok(body instanceof Uint8Array);
      const value = { status, contentType: 'application/timestamp-reply', body: make(body) };
      return Promise.resolve({ ok: true, value });
    },
  };
}

async function openStamped(
  egress: Pick<Egress, 'request'>,
  disk = new SimulatedDisk(1),
): Promise<Log> {
  const log = await openTestLog(disk.mount(), { egress, timestamps: url });
  await fill(log, 3);
  await log.publish();
  return log;
}

test('time-stamps: the answer to what was asked is kept, once for each size', async () => {
  const machine = new SimulatedDisk(1);
  const log = await openStamped(
    authority((request) => makeTimestamp(request)),
    machine,
  );
  assert.deepEqual(await log.stamp(), { kind: 'stamped', size: 3, at: 1_000_000 });
  assert.deepEqual(await log.stamp(), { kind: 'nothing-to-do' });
  assert.deepEqual(await machine.mount().list('log/timestamps'), ['3.tsr']);
  await log.close();
});

test('time-stamps: an answer to something else, or none at all, is not kept', async () => {
  const changes: readonly (readonly [MadeTimestamp, RegExp])[] = [
    [{ digest: new Uint8Array(32) }, /dated something else/],
    [{ nonce: Uint8Array.of(64, 1) }, /did not repeat the nonce/],
    [{ isRefused: true }, /refused with status 2/],
  ];
  for (const [changed, expected] of changes) {
    const log = await openStamped(authority((request) => makeTimestamp(request, changed)));
    const stamped = await log.stamp();
    assert.equal(stamped.kind, 'failed');
    assert.match(stamped.kind === 'failed' ? stamped.message : '', expected);
    await log.close();
  }
  for (const [egress, expected] of [
    [authority(() => encodeUtf8('nonsense')), /is no time-stamp/],
    [authority(() => new Uint8Array(0)), /is no time-stamp/],
    [authority(() => new Uint8Array(0), 503), /answered status 503/],
  ] as const) {
    const log = await openStamped(egress);
    const stamped = await log.stamp();
    assert.match(stamped.kind === 'failed' ? stamped.message : '', expected);
    await log.close();
  }
});

test('time-stamps: without an authority there is nothing to do', async () => {
  const log = await openTestLog(new SimulatedDisk(1).mount());
  assert.deepEqual(await log.stamp(), { kind: 'nothing-to-do' });
  await log.close();
});
