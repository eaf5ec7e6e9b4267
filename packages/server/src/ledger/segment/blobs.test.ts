import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedDisk } from '../../../testing/simulated-disk.ts';
import { blobStore } from './blobs.ts';

const blob = Buffer.from('abc');
const hex = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const path = `log/blobs/ba/${hex}`;

test('blobs: one is found under its digest after every power cut', async () => {
  for (let seed = 0; seed < 30; seed += 1) {
    const machine = new SimulatedDisk(seed);
    await blobStore(machine.mount(), 'log/blobs').put([blob, blob]);
    machine.cutPower();
    const found = await blobStore(machine.mount(), 'log/blobs').get(hex);
    assert.deepEqual(Buffer.from(found ?? []), blob);
  }
});

test('blobs: one that is there is not written again, and its name is made durable', async () => {
  for (let seed = 0; seed < 30; seed += 1) {
    const machine = new SimulatedDisk(seed);
    // Create, truncate, write, sync and rename go well; the program dies before the folder's sync.
    machine.fail({ verb: 'sync-folder', fault: 'broken', fate: 'lost' });
    await assert.rejects(blobStore(machine.mount(), 'log/blobs').put([blob]));
    machine.kill();
    machine.trace.length = 0;
    await blobStore(machine.mount(), 'log/blobs').put([blob]);
    assert.deepEqual(
      machine.trace.map(({ verb }) => verb),
      ['sync-folder'],
    );
    machine.cutPower();
    assert.ok((await machine.mount().read(path)) !== undefined);
  }
});

test('blobs: a damaged one is not returned, and put right when it comes again', async () => {
  const machine = new SimulatedDisk(1);
  const blobs = blobStore(machine.mount(), 'log/blobs');
  await blobs.put([blob]);
  machine.rot(path, 1);
  assert.equal(await blobs.get(hex), undefined);
  await blobs.put([blob]);
  assert.deepEqual(Buffer.from((await blobs.get(hex)) ?? []), blob);
});

test('blobs: what is not a digest is not looked for', async () => {
  const blobs = blobStore(new SimulatedDisk(1).mount(), 'log/blobs');
  assert.equal(await blobs.get('../../vault.db'), undefined);
  assert.equal(await blobs.get(hex.toUpperCase()), undefined);
});
