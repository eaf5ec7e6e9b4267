import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEntry } from '@plumbline/core';
import { type Checkpoint, encodeBase64, type KnownLog, readCheckpoint } from '@plumbline/ledger';
import { verifies } from '@plumbline/testkit';

import { TEST_ORIGIN, testLog } from '../../testing/log-scene.ts';
import { SimulatedDisk } from '../../testing/simulated-disk.ts';
import type { Disk } from '../disk/disk.ts';
import { Recorder } from '../record/recorder.ts';
import type { LogOptions } from './log-options.ts';
import { type NodeLog, openNodeLog, type RecordLink } from './node-log.ts';
import { signerOf } from './primitives.ts';
import { LedgerStopped } from './sequencer.ts';

/** A log of a node with the recorder that writes it. */
type Scene = { readonly log: NodeLog; readonly recorder: Recorder; readonly link: RecordLink };

async function openScene(disk: Disk, given: Partial<LogOptions> = {}): Promise<Scene> {
  const opened = await openNodeLog(testLog(disk, given));
  if (!opened.ok) throw new Error(`${opened.error.code}: ${opened.error.message}`);
  const log = opened.value;
  const recorder = new Recorder({ sequencer: log });
  for (const bytes of await everything(log)) recorder.follow(bytes);
  const bare = { agent: null, session: null, secret: null, subject: null };
  const link: RecordLink = (kind, { origin, size, root }) => {
    const open = { origin, size, root: encodeBase64(root) };
    return recorder.record({ ...bare, at: 1_000, kind, open });
  };
  return { log, recorder, link };
}

function beat({ recorder }: Scene, inFlight: number): { index: number; durable: Promise<void> } {
  return recorder.record({
    at: 1_000,
    agent: null,
    session: null,
    kind: 'heartbeat',
    open: { sessions: 0, inFlight },
    secret: null,
    subject: null,
  });
}

async function everything(log: NodeLog): Promise<readonly Uint8Array[]> {
  const all: Uint8Array[] = [];
  for (;;) {
    const some = await log.read(all.length, 100);
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** Returns the kinds of all entries, whose one chain has neither gap nor break. */
async function chained(log: NodeLog): Promise<readonly string[]> {
  const recorder = new Recorder({ sequencer: log });
  return (await everything(log)).map((bytes) => {
    const read = parseEntry(bytes);
    assert.ok(read.ok);
    const { kind, n, prev } = read.value;
    assert.deepEqual({ n, prev }, recorder.head(null, null));
    recorder.follow(bytes);
    return kind;
  });
}

test('node log: all logs are one sequence, whatever was written while one rolled', async () => {
  verifies('evidence.tlog');
  const disk = new SimulatedDisk(3).mount();
  const scene = await openScene(disk);
  const written = Array.from({ length: 300 }, (_, at) => beat(scene, at));
  const rolled = scene.log.roll(scene.link);
  const held = Array.from({ length: 50 }, (_, at) => beat(scene, 300 + at));
  assert.deepEqual(
    [...written, ...held].map(({ index }) => index),
    [...Array.from({ length: 300 }, (_, at) => at), ...held.map((_, at) => 302 + at)],
  );
  assert.equal(scene.log.status().nextIndex, 352);
  const { log: next, start } = await rolled;
  assert.deepEqual([next.status().origin, start], [`${TEST_ORIGIN}/1`, 301]);
  await Promise.all(held.map(({ durable }) => durable));
  await beat(scene, 350).durable;
  assert.equal(scene.log.status().durableSize, 353);
  assert.equal(scene.log.currentSize(), 52);
  const kinds = await chained(scene.log);
  assert.deepEqual([kinds.length, kinds[300], kinds[301]], [353, 'rolled', 'continues']);
  await scene.log.close();
  const again = await openScene(disk);
  assert.deepEqual(await chained(again.log), kinds);
  assert.equal(again.log.start(), 301);
  await again.log.roll(again.link);
  assert.equal(beat(again, 1).index, 355);
  assert.equal((await again.log.read(299, 60)).length, 56);
  await again.log.close();
});

test('node log: sizes that are told never fall, and reads wait for the roll-over', async () => {
  const scene = await openScene(new SimulatedDisk(4).mount());
  const sizes: number[] = [];
  scene.log.onDurable((size) => sizes.push(size));
  await beat(scene, 0).durable;
  const rolled = scene.log.roll(scene.link);
  const { durable, index } = beat(scene, 1);
  const read = scene.log.read(0, 10);
  await rolled;
  await durable;
  assert.equal((await read).length >= 3, true);
  assert.equal((await scene.log.read(index, 1)).length, 1);
  assert.deepEqual(
    sizes,
    [...sizes].sort((left, right) => left - right),
  );
  assert.equal(sizes.at(-1), 4);
  await scene.log.close();
});

test('node log: power lost anywhere in a roll-over loses nothing that was durable', async () => {
  verifies('evidence.tlog');
  for (let steps = 0, isOver = false; !isOver; steps += 3) {
    const machine = new SimulatedDisk(steps);
    const first = await openScene(machine.mount());
    await beat(first, 0).durable;
    machine.cutPowerAfter(steps);
    const told: number[] = [];
    const rolled = first.log.roll(first.link);
    const late = beat(first, 1);
    const tell = late.durable.then(() => told.push(late.index));
    isOver = await rolled.then(
      () => true,
      () => false,
    );
    await tell.catch(() => undefined);
    machine.calm();
    machine.cutPower();
    const again = await openScene(machine.mount());
    const kinds = await chained(again.log);
    for (const index of told) assert.equal(kinds[index], 'heartbeat', `${steps}: lost ${index}`);
    await beat(again, 2).durable;
    await again.log.roll(again.link);
    await chained(again.log);
    await again.log.close();
  }
});

test('node log: what cannot be finished stops the log, and tells whoever waited', async () => {
  const machine = new SimulatedDisk(6);
  const scene = await openScene(machine.mount());
  await beat(scene, 0).durable;
  machine.fail({ verb: 'link', fault: 'broken', fate: 'lost' });
  const rolled = scene.log.roll(scene.link);
  const held = beat(scene, 1);
  await assert.rejects(rolled, LedgerStopped);
  await assert.rejects(held.durable, LedgerStopped);
  assert.match(
    scene.log.status().stopped ?? '',
    /^rolling the log over failed: .*start the daemon/,
  );
  assert.throws(() => beat(scene, 2), LedgerStopped);
  await assert.rejects(scene.log.read(0, 1), LedgerStopped);
  await scene.log.close();
  const again = await openScene(machine.mount());
  assert.deepEqual(await chained(again.log), ['heartbeat', 'rolled', 'continues']);
  await again.log.close();
});

test('node log: a log that is older than known, or of before a roll-over, is refused', async () => {
  verifies('evidence.tlog');
  const disk = new SimulatedDisk(7).mount();
  const scene = await openScene(disk);
  await beat(scene, 0).durable;
  await scene.log.publish();
  const early = knownOf(scene.log.checkpoint());
  const { log: next } = await scene.log.roll(scene.link);
  const late = knownOf(next.checkpoint());
  await scene.log.close();
  const fine = await openScene(disk, { known: [early, late] });
  await fine.log.close();
  const refused = async (known: readonly KnownLog[]): Promise<string> => {
    const opened = await openNodeLog(testLog(disk, { known }));
    assert.ok(!opened.ok);
    return `${opened.error.code}: ${opened.error.message}`;
  };
  assert.match(await refused([{ ...late, size: 99 }]), /^rolled-back: .* was known with 99/);
  assert.match(await refused([{ ...early, root: new Uint8Array(32) }]), /^forked: /);
  const third = signerOf(`${TEST_ORIGIN}/2`, new Uint8Array(32).fill(1)).key;
  assert.match(await refused([{ ...late, key: third }]), /^rolled-back: .*\/2` is known/);
});

function knownOf(note: string): KnownLog {
  const read = readCheckpoint(Buffer.from(note));
  assert.ok(read.ok);
  const { origin, size, root }: Checkpoint = read.value.checkpoint;
  return { key: signerOf(origin, new Uint8Array(32).fill(1)).key, size, root };
}
