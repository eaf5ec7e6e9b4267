import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DiskReading, type DiskWatch, watchDisk } from './disk-watch.ts';

type Scene = {
  readonly watch: DiskWatch;
  readonly changes: DiskReading[];
  readonly state: { now: number; free: number | 'broken'; asked: number };
};

function sceneOf(): Scene {
  const state: Scene['state'] = { now: 0, free: 5000, asked: 0 };
  const changes: DiskReading[] = [];
  const watch = watchDisk({
    freeBytes: () => {
      state.asked += 1;
      const { free } = state;
      return free === 'broken' ? Promise.reject(new Error('EIO')) : Promise.resolve(free);
    },
    warnBytes: 1000,
    refuseBytes: 100,
    everyMs: 500,
    clock: () => state.now,
    onChange: (reading) => changes.push(reading),
  });
  return { watch, changes, state };
}

test('disk watch: it warns below one limit and refuses below the other', async () => {
  const { watch, changes, state } = sceneOf();
  const levels: string[] = [];
  for (const free of [1000, 999, 100, 99]) {
    state.free = free;
    levels.push((await watch.look()).level);
  }
  assert.deepEqual(levels, ['ok', 'low', 'low', 'refuse']);
  assert.deepEqual(changes, [
    { level: 'low', freeBytes: 999, limitBytes: 1000 },
    { level: 'refuse', freeBytes: 99, limitBytes: 100 },
  ]);
});

test('disk watch: room must exceed a limit by a tenth before the level rises', async () => {
  const { watch, state } = sceneOf();
  const levels: string[] = [];
  for (const free of [50, 109, 111, 1099, 1101]) {
    state.free = free;
    levels.push((await watch.look()).level);
  }
  assert.deepEqual(levels, ['refuse', 'refuse', 'low', 'low', 'ok']);
});

test('disk watch: the disk is asked at most so often, and one question at a time', async () => {
  const { watch, state } = sceneOf();
  state.free = 10;
  assert.equal(watch.level(), 'ok');
  assert.equal(watch.level(), 'ok');
  await Promise.all([watch.look(), watch.look()]);
  assert.equal(state.asked, 1);
  assert.equal(watch.level(), 'refuse');
  state.now = 499;
  watch.level();
  assert.equal(state.asked, 1);
  state.now = 500;
  watch.level();
  assert.equal(state.asked, 2);
});

test('disk watch: a disk that does not answer is refused', async () => {
  const { watch, state } = sceneOf();
  state.free = 'broken';
  assert.deepEqual(await watch.look(), { level: 'refuse', freeBytes: null, limitBytes: 100 });
  state.free = 5000;
  assert.equal((await watch.look()).level, 'ok');
});
