import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryOf, fill, textsOf, WalScene } from '../../../testing/wal-scene.ts';
import { HEADER_BYTES } from './format.ts';

const FIRST = 'segments/0000000000000000.seg';

/** A log of 400 entries in four segments, closed. */
async function filled(): Promise<WalScene> {
  const scene = new WalScene();
  const wal = await scene.start();
  for (let at = 0; at < 40; at += 1) await fill(wal, { count: 10, length: 1000 });
  await wal.close();
  return scene;
}

async function segmentsOf(scene: WalScene): Promise<readonly string[]> {
  const names = [...(await scene.files()).keys()];
  return names.filter((name) => name.endsWith('.seg')).map((name) => `segments/${name}`);
}

/** The log refuses to start, changes nothing on the disk, and says the same again. */
async function assertRefused(
  scene: WalScene,
  said: { readonly fault: string; readonly message: RegExp },
  covered = 0,
): Promise<void> {
  const before = await scene.files();
  await assert.rejects(scene.start({ covered }), said);
  assert.deepEqual(await scene.files(), before);
  await assert.rejects(scene.start({ covered }), said);
}

test('recovery: a log begins where tiles end when there is no segment', async () => {
  const wal = await new WalScene().start({ covered: 1234 });
  assert.deepEqual(wal.status(), {
    firstIndex: 1234,
    nextIndex: 1234,
    durableSize: 1234,
    stopped: null,
  });
  assert.equal(wal.append(entryOf('x')).index, 1234);
  await wal.close();
});

test('recovery: starting twice changes nothing', async () => {
  const scene = await filled();
  const before = await scene.files();
  for (let at = 0; at < 2; at += 1) {
    const wal = await scene.start();
    assert.equal(wal.status().durableSize, 400);
    await wal.close();
  }
  assert.deepEqual(await scene.files(), before);
});

test('recovery: what tiles cover is let go of, and what they do not is kept', async () => {
  const scene = await filled();
  const wal = await scene.start({ covered: 300 });
  const { firstIndex } = wal.status();
  assert.ok(firstIndex > 200 && firstIndex <= 300, `${firstIndex}`);
  assert.deepEqual(textsOf(await wal.read(300, 1)), ['entry 300']);
  await wal.close();
});

test('recovery: a damaged last batch was never acknowledged for sure, and is dropped', async () => {
  const scene = new WalScene();
  const wal = await scene.start();
  await fill(wal, { count: 1, length: 100 });
  await fill(wal, { count: 3, length: 100 });
  await wal.close();
  scene.machine.rot(FIRST, HEADER_BYTES + 400);
  const again = await scene.start();
  assert.equal(again.status().durableSize, 1);
  await again.close();
});

test('recovery: damage before a batch that was written later is refused', async () => {
  const scene = new WalScene();
  const wal = await scene.start();
  for (let at = 0; at < 3; at += 1) await fill(wal, { count: 2, length: 100 });
  await wal.close();
  scene.machine.rot(FIRST, HEADER_BYTES + 300);
  await assertRefused(scene, { fault: 'corrupt', message: /damaged at entry 2, and entry 4/ });
});

test('recovery: damage in a segment before the last is refused', async () => {
  const scene = await filled();
  const [, second = ''] = await segmentsOf(scene);
  scene.machine.rot(second, 120_000);
  const message = new RegExp(`^\`${second}\` is damaged at entry \\d+: restore`);
  await assertRefused(scene, { fault: 'corrupt', message });
});

test('recovery: a damaged header is refused', async () => {
  const scene = await filled();
  const [, , third = ''] = await segmentsOf(scene);
  scene.machine.rot(third, 30);
  await assertRefused(scene, { fault: 'corrupt', message: /^the header of .* is damaged/ });
});

test('recovery: a segment missing between others is refused', async () => {
  const scene = await filled();
  const [, second = ''] = await segmentsOf(scene);
  await scene.machine.mount().remove(second);
  await assertRefused(scene, { fault: 'gap', message: /^the segment before .* is missing/ });
});

test('recovery: segments that begin behind what tiles cover are refused', async () => {
  const scene = await filled();
  await scene.machine.mount().remove(FIRST);
  const message = /^the oldest segment begins at entry \d+, tiles cover 5: /;
  await assertRefused(scene, { fault: 'gap', message }, 5);
});

test('recovery: segments older than the tiles are refused', async () => {
  const scene = await filled();
  const message = /^the segments end at entry 400, tiles cover 401: the segments are an older/;
  await assertRefused(scene, { fault: 'behind', message }, 401);
});
