import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Anchor, encodeUtf8, formatVerifierKey, readCheckpoint } from '@plumbline/ledger';
import { verifies } from '@plumbline/testkit';
import { fill, openTestLog, refusalOf, submission, TEST_ORIGIN } from '../../testing/log-scene.ts';
import { SimulatedDisk } from '../../testing/simulated-disk.ts';
import type { Disk } from '../disk/disk.ts';
import { signerOf } from './primitives.ts';

const SIZE = 300;

async function copyTo(from: Disk, to: Disk, folder = '.'): Promise<void> {
  for (const name of await from.list(folder)) {
    const path = folder === '.' ? name : `${folder}/${name}`;
    const bytes = await from.read(path);
    if (bytes === undefined) await copyTo(from, to, path);
    else await to.replace(path, bytes);
  }
}

async function filled(size = SIZE, tag = ''): Promise<Disk> {
  const disk = new SimulatedDisk(1).mount();
  const log = await openTestLog(disk);
  await fill(log, size, tag);
  await log.close();
  return disk;
}

const honest = await filled();

async function copyOf(disk: Disk): Promise<Disk> {
  const copy = new SimulatedDisk(2).mount();
  await copyTo(disk, copy);
  return copy;
}

async function flip(disk: Disk, path: string, at = 5): Promise<void> {
  const bytes = Uint8Array.from((await disk.read(path)) ?? assert.fail(path));
  const index = at % bytes.length;
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  await disk.replace(path, bytes);
}

async function anchorOf(disk: Disk): Promise<Anchor> {
  const read = readCheckpoint((await disk.read('log/checkpoint')) ?? new Uint8Array(0));
  assert.ok(read.ok);
  return read.value.checkpoint;
}

test('start: a log that begins publishes a checkpoint of size 0', async () => {
  const disk = new SimulatedDisk(1).mount();
  const log = await openTestLog(disk);
  const [origin, size, root] = log.checkpoint().split('\n');
  assert.deepEqual([origin, size], [TEST_ORIGIN, '0']);
  assert.equal(root, '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
  assert.equal(Buffer.from((await disk.read('log/checkpoint')) ?? []).toString(), log.checkpoint());
  await log.close();
});

test('start: an untouched log goes on where it stood', async () => {
  const disk = await copyOf(honest);
  const log = await openTestLog(disk, { check: 'whole', anchor: await anchorOf(honest) });
  assert.equal(log.append(submission('next')).index, SIZE);
  assert.equal((await log.read(0, 1_000)).length, SIZE);
  await log.close();
});

test('start: partial tiles go once the full one is published, and no sooner', async () => {
  const disk = new SimulatedDisk(1).mount();
  const log = await openTestLog(disk);
  await fill(log, 200);
  await log.publish();
  await fill(log, 255);
  await log.publish();
  assert.deepEqual(await disk.list('log/tile/0/000.p'), ['200', '255']);
  await fill(log, 257);
  await log.publish();
  assert.deepEqual(await disk.list('log/tile/0'), ['000', '001.p']);
  assert.deepEqual(await disk.list('log/tile/entries'), ['000', '001.p']);
  await log.close();
});

test('start: what was tampered with is refused, and the message says what to do', async () => {
  verifies('evidence.tlog');
  const changes: readonly (readonly [string, RegExp])[] = [
    ['log/tile/0/001.p/44', /^tampered: the tiles of size 300 do not hash to the root/],
    ['log/tile/1/000.p/1', /^tampered: the tiles of size 300/],
    ['log/tile/entries/001.p/44', /^tampered: `log\/tile\/entries\/001.p\/44` is not what/],
    ['log/checkpoint', /^tampered: `log\/checkpoint` cannot be trusted/],
    ['log-state', /^tampered: `log-state` cannot be read/],
  ];
  for (const [path, expected] of changes) {
    const disk = await copyOf(honest);
    await flip(disk, path, path === 'log-state' ? 3 : 45);
    const refused = await refusalOf(disk);
    assert.match(refused, expected);
    assert.match(refused, /: put (?:the file|back)/, path);
  }
});

test('start: recomputing everything finds what stands further left', async () => {
  for (const path of ['log/tile/0/000', 'log/tile/entries/000']) {
    const disk = await copyOf(honest);
    await flip(disk, path);
    assert.match(await refusalOf(disk, { check: 'whole' }), /^tampered: /);
  }
  const disk = await copyOf(honest);
  await disk.remove('log/tile/entries/000');
  assert.match(await refusalOf(disk, { check: 'whole' }), /^truncated: tile\/entries\/000/);
});

test('start: a tile that is missing is rebuilt from its entries, a bundle is not', async () => {
  const disk = await copyOf(honest);
  const tiles = ['log/tile/0/001.p/44', 'log/tile/1/000.p/1', 'log/tile/0/000'];
  for (const path of tiles) await disk.remove(path);
  await (await openTestLog(disk)).close();
  for (const path of tiles) assert.deepEqual(await disk.read(path), await honest.read(path), path);
  await disk.remove('log/tile/entries/001.p/44');
  assert.match(await refusalOf(disk), /^truncated: `log\/tile\/entries\/001.p\/44` is missing/);
});

test('start: a data directory that was rolled back, in part or whole, is refused', async () => {
  verifies('evidence.tlog');
  const older = await filled(200);
  const anchor = await anchorOf(honest);
  const known = /^rolled-back: the log has 200 entries and was known with 300: put back/;
  assert.match(await refusalOf(older, { anchor }), known);
  const parts: readonly (readonly [readonly string[], RegExp])[] = [
    [['log-state'], /^(?:rolled-back|tampered|truncated): /],
    [['log-state', 'log/tile/0/000.p/200', 'log/tile/entries/000.p/200'], /^rolled-back: /],
    [['log/tile/0/001.p/44'], /^tampered: /],
  ];
  for (const [paths, expected] of parts) {
    const disk = await copyOf(honest);
    for (const path of paths) await disk.replace(path, (await older.read(path)) ?? encodeUtf8(''));
    assert.match(await refusalOf(disk), expected);
  }
  const withoutSegments = await copyOf(honest);
  for (const name of await withoutSegments.list('segments')) {
    await withoutSegments.remove(`segments/${name}`);
  }
  assert.match(await refusalOf(withoutSegments), /^truncated: the segments are gone/);
  const withoutState = await copyOf(honest);
  await withoutState.remove('log-state');
  assert.match(await refusalOf(withoutState), /^no-state: a log stands here without `log-state`/);
});

test('start: another history, however whole, is refused against an anchor', async () => {
  verifies('evidence.tlog');
  const forked = await filled(SIZE + 50, ' otherwise');
  const refused = await refusalOf(forked, { anchor: await anchorOf(honest) });
  assert.match(refused, /^forked: the first 300 entries are not those known elsewhere: put back/);
  const mixed = await copyOf(honest);
  await mixed.replace(
    'log/checkpoint',
    (await (await filled(200, ' otherwise')).read('log/checkpoint')) ?? encodeUtf8(''),
  );
  assert.match(await refusalOf(mixed), /^forked: /);
});

test('start: segments older than the log beside them are refused', async () => {
  const older = await filled(200);
  const disk = await copyOf(honest);
  for (const name of await disk.list('segments')) await disk.remove(`segments/${name}`);
  for (const name of await older.list('segments')) {
    await disk.replace(
      `segments/${name}`,
      (await older.read(`segments/${name}`)) ?? encodeUtf8(''),
    );
  }
  assert.match(await refusalOf(disk), /^segments: the write-ahead log cannot be continued: /);
});

test('start: another key, and another name, are refused', async () => {
  const disk = await copyOf(honest);
  const thief = (origin: string): readonly ReturnType<typeof signerOf>[] => [
    signerOf(origin, new Uint8Array(32).fill(66)),
  ];
  assert.match(
    await refusalOf(disk, { signers: thief }),
    /^wrong-key: the log of .*: give that key/,
  );
  assert.match(await refusalOf(disk, { signers: () => [] }), /^wrong-key: /);
  assert.match(
    await refusalOf(disk, { origin: 'log.example/other' }),
    /^wrong-origin: the log is called `log.example\/agents`: set `origin` to it/,
  );
});

test('rotation: the successor signs from the hand-over on, alone', async () => {
  const disk = await copyOf(honest);
  const successor = signerOf(TEST_ORIGIN, new Uint8Array(32).fill(2));
  const log = await openTestLog(disk);
  assert.equal(await log.rotate(successor), SIZE);
  assert.equal(formatVerifierKey(log.key()), formatVerifierKey(successor.key));
  await fill(log, SIZE + 5);
  await log.close();
  assert.match(await refusalOf(disk), /^wrong-key: /);
  const again = await openTestLog(disk, { signers: () => [successor], check: 'whole' });
  assert.equal(again.status().publishedSize, SIZE + 5);
  const retired = signerOf(TEST_ORIGIN, new Uint8Array(32).fill(1));
  await assert.rejects(again.rotate(retired), /was in force before: take another/);
  await fill(again, SIZE + 6);
  await again.close();
});
