import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from '../../../testing/simulated-disk.ts';
import { entryOf, fill, textsOf, WalScene } from '../../../testing/wal-scene.ts';
import { blobStore } from './blobs.ts';
import type { DurableBatch } from './wal.ts';

test('wal: what is queued while a sync is in flight is one batch with one promise', async () => {
  const batches: DurableBatch[] = [];
  const wal = await new WalScene({ onDurable: (batch) => batches.push(batch) }).start();
  const lone = wal.append(entryOf('lone'));
  await new Promise((resolve) => process.nextTick(resolve));
  const [one, two] = [wal.append(entryOf('one')), wal.append(entryOf('two'))];
  assert.notEqual(lone.durable, one.durable);
  assert.equal(one.durable, two.durable);
  await two.durable;
  assert.deepEqual([lone.index, one.index, two.index], [0, 1, 2]);
  assert.deepEqual(
    batches.map(({ first, submissions }) => [first, submissions.length]),
    [
      [0, 1],
      [1, 2],
    ],
  );
  await wal.close();
});

test('wal: writers who wait for the last batch are all in the next', async () => {
  const batches: DurableBatch[] = [];
  const wal = await new WalScene({ onDurable: (batch) => batches.push(batch) }).start();
  const writer = async (): Promise<void> => {
    for (let at = 0; at < 3; at += 1) await wal.append(entryOf('x')).durable;
  };
  await Promise.all(Array.from({ length: 20 }, writer));
  assert.deepEqual(
    batches.map(({ submissions }) => submissions.length),
    [20, 20, 20],
  );
  await wal.close();
});

test('wal: every entry and its blobs are synced before it is acknowledged', async () => {
  const scene = new WalScene();
  const { machine } = scene;
  const wal = await scene.start({ putBlobs: (some) => blobStore(machine.mount(), 'b').put(some) });
  const writer = async (name: number): Promise<void> => {
    for (let at = 0; at < 40; at += 1) {
      const text = `<${name}:${at}>`;
      const blobs = at % 10 === 0 ? { blobs: [Buffer.from(`blob ${text}`)] } : {};
      await wal.append({ ...entryOf(text, 900), ...blobs }).durable;
      machine.note(text);
    }
  };
  await Promise.all([1, 2, 3, 4, 5].map(writer));
  await wal.close();
  const { trace } = machine;
  const noted = trace.flatMap(({ verb, path }, at) =>
    verb === 'note' ? [{ text: path, at }] : [],
  );
  assert.equal(noted.length, 200);
  for (const { text, at } of noted) {
    const written = trace.findIndex(
      ({ bytes, path }) => !path.startsWith('b/') && holds(bytes, text),
    );
    const synced = firstAfter(trace, written, (operation) => {
      return operation.verb === 'sync' && operation.file === trace[written]?.file;
    });
    assert.ok(written >= 0 && synced > written && synced < at, `${text} at ${at}`);
    const blob = trace.findIndex(({ bytes }) => holds(bytes, `blob ${text}`));
    const named = firstAfter(trace, blob, ({ verb }) => verb === 'sync-folder');
    assert.equal(blob >= 0, text.endsWith('0>'));
    assert.ok(blob < 0 || (named > blob && named < written), `blob of ${text}`);
  }
});

function holds(bytes: Uint8Array | undefined, text: string): boolean {
  return bytes !== undefined && Buffer.from(bytes).includes(text);
}

function firstAfter(
  trace: readonly Operation[],
  start: number,
  isWanted: (operation: Operation) => boolean,
): number {
  return trace.findIndex((operation, at) => at > start && isWanted(operation));
}

test('wal: entries of any length up to 65,535 bytes come back', async () => {
  const scene = new WalScene();
  const wal = await scene.start();
  const lengths = [0, 1, 65_535, 7, 65_535, 65_535, 0];
  const given = lengths.map((length, at) => new Uint8Array(length).fill(at + 1));
  await Promise.all(given.map((bytes) => wal.append({ bytes, leaf: bytes }).durable));
  assert.throws(() => wal.append({ bytes: new Uint8Array(65_536), leaf: new Uint8Array(32) }), {
    name: 'RangeError',
    message: 'an entry of 65536 bytes: at most 65535',
  });
  const expected = given.map((bytes) => Buffer.from(bytes));
  assert.deepEqual(await wal.read(0, 99), expected);
  await wal.close();
  const again = await scene.start();
  assert.deepEqual(await again.read(0, 99), expected);
  await again.close();
});

test('wal: reading goes over batches and segments, and no further than asked', async () => {
  const scene = new WalScene();
  const wal = await scene.start();
  for (let at = 0; at < 30; at += 1) await fill(wal, { count: 10, length: 1500 });
  const texts = textsOf(await wal.read(0, 1000));
  assert.equal(texts.length, 300);
  assert.ok(texts.every((text, at) => text === `entry ${at}`));
  assert.deepEqual(textsOf(await wal.read(86, 2)), ['entry 86', 'entry 87']);
  assert.deepEqual(await wal.read(300, 5), []);
  await assert.rejects(wal.read(301, 1), { name: 'RangeError' });
  assert.ok((await scene.files()).size >= 4);
  await wal.close();
});

test('wal: more than the bound is refused, and accepted once the disk has caught up', async () => {
  const wal = await new WalScene({ queue: { entries: 3, bytes: 100 } }).start();
  const [first] = ['1', '2', '3'].map((name) => wal.append(entryOf(name)));
  assert.throws(() => wal.append(entryOf('4')), { name: 'Error', reason: 'backlog' });
  await first?.durable;
  const blobs = [new Uint8Array(60)];
  assert.equal(wal.append({ ...entryOf('four', 10), blobs }).index, 3);
  assert.throws(() => wal.append({ ...entryOf('five', 10), blobs }), { reason: 'backlog' });
  assert.equal(wal.append(entryOf('six')).index, 4);
  assert.throws(() => wal.append({ ...entryOf('never', 50), blobs }), { name: 'RangeError' });
  assert.equal(wal.status().stopped, null);
  await wal.close();
});

test('wal: a segment that is too small or too large is refused', async () => {
  for (const segmentBytes of [131_071, 2 ** 30 + 1]) {
    await assert.rejects(new WalScene({ segmentBytes }).start(), { name: 'RangeError' });
  }
});

for (const verb of ['write', 'sync'] as const) {
  for (const fate of ['lost', 'persisted'] as const) {
    test(`wal: a failed ${verb} (${fate}) stops it for good, and a restart goes on`, async () => {
      const scene = new WalScene();
      const wal = await scene.start();
      await fill(wal, { count: 5, length: 200 });
      scene.machine.fail({ verb, fault: 'broken', fate });
      const pending = [wal.append(entryOf('in flight')), wal.append(entryOf('with it'))];
      await new Promise((resolve) => process.nextTick(resolve));
      pending.push(wal.append(entryOf('queued')));
      for (const { durable } of pending) await assert.rejects(durable, { reason: 'disk' });
      assert.throws(() => wal.append(entryOf('late')), { reason: 'disk' });
      assert.equal(wal.status().durableSize, 5);
      assert.equal(wal.status().stopped?.reason, 'disk');
      await wal.close();
      const again = await scene.start();
      const { durableSize } = again.status();
      assert.ok(durableSize === 5 || durableSize === 7, `${durableSize}`);
      await fill(again, { count: 1, length: 0 });
      scene.machine.cutPower();
      assert.equal((await scene.start()).status().durableSize, durableSize + 1);
    });
  }
}

test('wal: a full or read-only disk stops it and says why, a restart cures it', async () => {
  const scene = new WalScene();
  const wal = await scene.start();
  scene.machine.capacity = 200_000;
  await assert.rejects(fill(wal, { count: 400, length: 1000 }), {
    reason: 'disk',
    message: /^the ledger stopped: no room for `segments\/spare`; nothing more is accepted/,
  });
  const { durableSize } = wal.status();
  assert.ok(durableSize > 100, 'the segment with room was filled');
  scene.machine.capacity = 1_000_000;
  const again = await scene.start();
  assert.equal(again.status().durableSize, durableSize);
  scene.machine.isReadOnly = true;
  await assert.rejects(again.append(entryOf('x')).durable, { reason: 'disk' });
  await assert.rejects(scene.start(), { fault: 'read-only' });
  scene.machine.isReadOnly = false;
  await fill(await scene.start(), { count: 1, length: 0 });
});

test('wal: closing makes the queue durable and accepts nothing more', async () => {
  const scene = new WalScene();
  const wal = await scene.start();
  const appended = [wal.append(entryOf('a')), wal.append(entryOf('b'))];
  const closing = wal.close();
  assert.throws(() => wal.append(entryOf('c')), { reason: 'closed' });
  await closing;
  await Promise.all(appended.map(({ durable }) => durable));
  scene.machine.cutPower();
  assert.equal((await scene.start()).status().durableSize, 2);
});

test('wal: it lets go of what is covered, oldest first, each name synced alone', async () => {
  const scene = new WalScene();
  const wal = await scene.start();
  await fill(wal, { count: 500, length: 1000 });
  const names = [...(await scene.files()).keys()].filter((name) => name.endsWith('.seg'));
  assert.equal(names.length, 4);
  scene.machine.trace.length = 0;
  await wal.release(Number(names[3]?.slice(0, 16)));
  const verbs = scene.machine.trace
    .map(({ verb }) => (verb === 'rename' ? 'remove' : verb))
    .filter((verb) => verb === 'remove' || verb === 'sync-folder');
  assert.deepEqual(verbs, [
    'remove',
    'sync-folder',
    'remove',
    'sync-folder',
    'remove',
    'sync-folder',
  ]);
  assert.deepEqual([...(await scene.files()).keys()], [names[3], 'spare']);
  assert.equal(wal.status().firstIndex, Number(names[3]?.slice(0, 16)));
  await assert.rejects(wal.read(0, 1), { name: 'RangeError' });
  await wal.release(500);
  assert.deepEqual(textsOf(await wal.read(499, 9)), ['entry 499']);
  await wal.close();
});

test('wal: a segment that could not be let go of is kept, and the log goes on', async () => {
  const scene = new WalScene();
  const wal = await scene.start();
  await fill(wal, { count: 300, length: 1000 });
  scene.machine.fail({ verb: 'sync-folder', fault: 'broken', fate: 'lost' });
  await assert.rejects(wal.release(300), { fault: 'broken' });
  assert.equal(wal.status().firstIndex, 0);
  await fill(wal, { count: 10, length: 10 });
  await wal.close();
});

test('wal: a file that was another segment before shows none of its old entries', async () => {
  const scene = new WalScene();
  const wal = await scene.start();
  for (let round = 0; round < 6; round += 1) {
    await fill(wal, { count: 130, length: 1000 });
    await wal.release(wal.status().durableSize);
  }
  const spares = scene.machine.trace.filter(({ verb }) => verb === 'create');
  assert.equal(spares.length, 2, 'files are used again');
  const { firstIndex, durableSize } = wal.status();
  const behindTheEnd = async (): Promise<string> => {
    const name = `${String(firstIndex).padStart(16, '0')}.seg`;
    const bytes = (await scene.files()).get(name) ?? '';
    return bytes.slice(bytes.indexOf(`entry ${durableSize - 1} `) + 1000);
  };
  assert.match(await behindTheEnd(), /entry \d+ \.+/);
  const again = await scene.start({ covered: firstIndex });
  assert.equal(again.status().durableSize, 780);
  assert.deepEqual(textsOf(await again.read(778, 9)), ['entry 778', 'entry 779']);
  assert.match(await behindTheEnd(), /^\0+$/, 'recovery leaves zeros behind the last entry');
  await again.close();
});
