import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDiskContract } from '../../testing/disk-contract.ts';
import { SimulatedDisk } from '../../testing/simulated-disk.ts';

const SEEDS = Array.from({ length: 60 }, (_, at) => at);

testDiskContract('simulated disk', () => new SimulatedDisk(7).mount());

/** What is left of `f` and its 2,048 bytes after a power cut, for each seed. */
async function leftovers(
  before: (machine: SimulatedDisk) => Promise<void>,
): Promise<readonly (Uint8Array | undefined)[]> {
  const left: (Uint8Array | undefined)[] = [];
  for (const seed of SEEDS) {
    const machine = new SimulatedDisk(seed);
    await before(machine);
    machine.cutPower();
    left.push(await machine.mount().read('f'));
  }
  return left;
}

test('simulated disk: what is synced, name and bytes, survives every power cut', async () => {
  const left = await leftovers(async (machine) => {
    const disk = machine.mount();
    const file = await disk.open('f');
    await file.write(0, new Uint8Array(2048).fill(1));
    await file.sync();
    await disk.syncFolder('.');
  });
  assert.ok(left.every((bytes) => bytes?.length === 2048 && bytes.every((byte) => byte === 1)));
});

test('simulated disk: what is not synced survives whole, in part, or not at all', async () => {
  const left = await leftovers(async (machine) => {
    const disk = machine.mount();
    const file = await disk.open('f');
    await disk.syncFolder('.');
    await file.write(0, new Uint8Array(2048).fill(1));
  });
  const counts = new Set(left.map((bytes) => bytes?.filter((byte) => byte === 1).length));
  assert.ok(counts.has(0) && counts.has(2048) && counts.size > 6, [...counts].join(' '));
  assert.ok(
    left.some((bytes) => bytes?.[0] === 0 && bytes.includes(1)),
    'a later sector alone',
  );
});

test('simulated disk: synced bytes without a synced name may be lost', async () => {
  const left = await leftovers(async (machine) => {
    const file = await machine.mount().open('f');
    await file.write(0, Uint8Array.of(1));
    await file.sync();
  });
  const found = left.filter((bytes) => bytes !== undefined).length;
  assert.ok(found > 0 && found < SEEDS.length);
});

test('simulated disk: a replaced file is the old or the whole other one', async () => {
  const left = await leftovers(async (machine) => {
    await machine.mount().replace('f', Buffer.from('old'));
    machine.cutPowerAfter(4);
    await assert.rejects(machine.mount().replace('f', Buffer.from('the other')));
  });
  const texts = new Set(left.map((bytes) => Buffer.from(bytes ?? []).toString()));
  for (const text of texts) assert.match(text, /^(?:old|the other)$/);
});

test('simulated disk: a removed name may come back, unless its folder was synced', async () => {
  const left = await leftovers(async (machine) => {
    await machine.mount().replace('f', Buffer.from('x'));
    await machine.mount().remove('f');
  });
  assert.ok(left.some((bytes) => bytes === undefined) && left.some((bytes) => bytes?.length === 1));
  const synced = await leftovers(async (machine) => {
    await machine.mount().replace('f', Buffer.from('x'));
    await machine.mount().remove('f');
    await machine.mount().syncFolder('.');
  });
  assert.ok(synced.every((bytes) => bytes === undefined));
});

test('simulated disk: bytes of a failed sync are seen, and no later sync saves them', async () => {
  const left = await leftovers(async (machine) => {
    const disk = machine.mount();
    const file = await disk.open('f');
    await disk.syncFolder('.');
    await file.write(0, Uint8Array.of(9));
    machine.fail({ verb: 'sync', fault: 'broken', fate: 'lost' });
    await assert.rejects(file.sync(), { fault: 'broken' });
    assert.deepEqual([...(await file.read(0, 1))], [9]);
    await file.sync();
  });
  assert.ok(left.every((bytes) => bytes?.length === 0));
});

test('simulated disk: it is full, then read-only, and cured of both', async () => {
  const machine = new SimulatedDisk(1);
  const file = await machine.mount().open('f');
  machine.capacity = 3;
  await assert.rejects(file.write(0, Buffer.from('four')), { fault: 'full' });
  assert.equal(machine.freeBytes, 3);
  machine.capacity = 8;
  machine.isReadOnly = true;
  await assert.rejects(file.write(0, Buffer.from('four')), { fault: 'read-only' });
  machine.isReadOnly = false;
  await file.write(0, Buffer.from('four'));
  assert.equal(machine.freeBytes, 4);
});

test('simulated disk: a killed program writes no more, and its bytes are seen', async () => {
  const machine = new SimulatedDisk(1);
  const file = await machine.mount().open('f');
  await file.write(0, Buffer.from('seen'));
  machine.kill();
  await assert.rejects(file.write(0, Buffer.from('late')), { fault: 'broken' });
  const bytes = await machine.mount().read('f');
  assert.equal(Buffer.from(bytes ?? []).toString(), 'seen');
});
