import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import type { KnownLog } from '@plumbline/ledger';

import { inFolder } from '../../testing/folder.ts';
import { ADA, valueOf } from '../../testing/guard-scene.ts';
import {
  openRealRecord,
  REAL_ORIGIN,
  REAL_ROOT_KEY,
  type RealRecord,
  realSigner,
} from '../../testing/real-record.ts';
import { nodeDisk } from '../disk/node-disk.ts';
import { retain } from '../ledger/retain.ts';
import { openOffline } from './offline.ts';
import { type Verified, verifyRecord } from './verify-record.ts';

/** Writes three logs, with a session that is open all the while. */
async function rolledTwice(folder: string): Promise<RealRecord> {
  const real = await openRealRecord(join(folder, 'data'));
  const { guard } = real.opened;
  const { session } = valueOf(await guard.openSession({ ...ADA, agent: 'support' }));
  const act = async (request: string): Promise<void> => {
    real.clock.wait(1_000);
    const call = { tool: 'orders.get', args: { id: request } };
    const of = { agent: 'support', session };
    const { permit, decision } = valueOf(await guard.decide({ ...of, request, ...call }));
    valueOf(guard.redeem({ agent: 'support', token: permit?.token ?? '' }));
    const result = { state: 'sent' };
    valueOf(await guard.outcome({ ...of, decision, status: 'ok', result, records: null }));
  };
  await act('one');
  await real.roll();
  await act('two');
  await act('three');
  await real.roll();
  await act('four');
  await real.close();
  writeFileSync(join(folder, 'root.key'), Buffer.from(REAL_ROOT_KEY).toString('hex'), {
    mode: 0o600,
  });
  return real;
}

async function verified(
  folder: string,
  known: readonly KnownLog[] = [],
): Promise<Verified | string> {
  const rootKeyFile = join(folder, 'root.key');
  const place = join(folder, 'data');
  const record = openOffline({ place, rootKeyFile, openings: new Map() });
  try {
    const result = await verifyRecord(record, {
      key: realSigner().key,
      known,
      policy: null,
      authorities: null,
      isTreeOnly: false,
      heartbeatMs: 60_000,
      onProgress: () => undefined,
    });
    return result.ok ? result.value : `${result.error.code}: ${result.error.message}`;
  } finally {
    await record.close();
  }
}

async function faultOf(folder: string, known: readonly KnownLog[] = []): Promise<string> {
  const value = await verified(folder, known);
  return typeof value === 'string' ? value : 'none';
}

async function soundOf(folder: string, known: readonly KnownLog[] = []): Promise<Verified> {
  const value = await verified(folder, known);
  if (typeof value === 'string') assert.fail(value);
  return value;
}

test('rolled logs: chains, states and pacts go on from one to the next', async () => {
  await inFolder(async (folder) => {
    await rolledTwice(folder);
    const { checkpoint, earlier, record, standing, extended } = await soundOf(folder);
    assert.equal(checkpoint.origin, `${REAL_ORIGIN}/2`);
    assert.deepEqual(
      earlier.map(({ origin, isDropped }) => [origin, isDropped]),
      [
        [REAL_ORIGIN, false],
        [`${REAL_ORIGIN}/1`, false],
      ],
    );
    assert.ok(record !== null);
    assert.equal(record.answers.recomputed, record.decisions);
    assert.ok(record.decisions >= 4);
    assert.equal(record.states.same, record.decisions);
    assert.deepEqual(
      [record.unfinishedCount, standing.rung, extended],
      [0, 'SIGNED, UNANCHORED', null],
    );
    const [first] = earlier;
    assert.ok(first !== undefined);
    const known = { key: realSigner().key, size: first.size, root: first.root };
    assert.equal((await soundOf(folder, [known])).standing.rung, 'ANCHORED');
  });
});

test('rolled logs: each is verified, and so is that one goes on from the other', async () => {
  await inFolder(async (folder) => {
    await rolledTwice(folder);
    const log = join(folder, 'data/log');
    const other = join(folder, 'other');
    cpSync(join(folder, 'data'), other, { recursive: true });
    const { earlier, checkpoint } = await soundOf(folder);
    const width = earlier[0]?.size ?? 0;
    const bundle = join(log, `rolled/0/tile/entries/000.p/${width}`);
    const bytes = readFileSync(bundle);
    const flipped = Uint8Array.from(bytes);
    flipped[40] = (flipped[40] ?? 0) ^ 1;
    writeFileSync(bundle, flipped);
    assert.match(await faultOf(folder), /^\w+: rolled\/0: /);
    writeFileSync(bundle, bytes);
    rmSync(join(log, 'rolled/0'), { recursive: true });
    assert.ok((await soundOf(folder)).record !== null);
    cpSync(join(log, 'rolled/1'), join(log, 'rolled/0'), { recursive: true });
    assert.match(await faultOf(folder), /does not/);
    rmSync(log, { recursive: true });
    cpSync(join(other, 'log/rolled/0'), log, { recursive: true });
    const known = { ...checkpoint, key: realSigner(checkpoint.origin).key };
    assert.match(await faultOf(folder, [known]), /^rolled-back: .*is not here/);
  });
});

test('rolled logs: without its entries, the size, order and root of one still hold', async () => {
  await inFolder(async (folder) => {
    const real = await rolledTwice(folder);
    const disk = nodeDisk(real.folder);
    const dropped = await retain(disk, { now: real.clock.now() + 864e5 * 8, keepDays: 7 });
    assert.deepEqual(dropped, [0, 1]);
    const { earlier, record } = await soundOf(folder);
    assert.deepEqual(
      earlier.map(({ isDropped }) => isDropped),
      [true, true],
    );
    // What was said of the session, and the pact's sources, went with the first log.
    assert.equal(record?.answers['missing opening'], 1);
    assert.equal(record.answers.mismatch, 0);
    const tile = join(real.folder, `log/rolled/0/tile/0/000.p/${earlier[0]?.size ?? 0}`);
    const bytes = readFileSync(tile);
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    writeFileSync(tile, bytes);
    assert.match(await faultOf(folder), /^mismatch: rolled\/0: tiles do not hash/);
  });
});
