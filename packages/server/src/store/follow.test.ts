import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { makeEntry } from '../../testing/log-entries.ts';
import { MemoryModels } from '../../testing/memory-models.ts';
import type { Sequencer } from '../ledger/sequencer.ts';
import { followLog, type FollowOptions } from './follow.ts';

type Log = Pick<Sequencer, 'read' | 'status' | 'onDurable'> & {
  readonly grow: (count: number) => void;
  readonly listeners: ReadonlySet<unknown>;
};

function logOf(size: number): Log {
  const entries = Array.from({ length: size }, (_, at) => makeEntry('heartbeat', { at }));
  const listeners = new Set<(size: number) => void>();
  const status = (): ReturnType<Sequencer['status']> => ({
    origin: 'ledger.example/test',
    nextIndex: entries.length,
    durableSize: entries.length,
    publishedSize: 0,
    checkpointAt: null,
    stopped: null,
  });
  const grow = (count: number): void => {
    for (let added = 0; added < count; added += 1) {
      entries.push(makeEntry('heartbeat', { at: entries.length }));
    }
    for (const listener of listeners) listener(entries.length);
  };
  const onDurable: Sequencer['onDurable'] = (listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const read: Sequencer['read'] = async (from, limit) => entries.slice(from, from + limit);
  return { read, status, onDurable, grow, listeners };
}

const quiet: FollowOptions = { failed: (cause) => assert.fail(String(cause)), batch: 7 };

test('follow: catches up at the start, then with whatever becomes durable', async () => {
  const [log, models] = [logOf(50), new MemoryModels()];
  const follower = followLog(log, models, quiet);
  assert.equal(follower.lag(), 50);
  await follower.caughtUp();
  assert.equal(await models.nextIndex(), 50);
  for (const count of [1, 20, 3]) log.grow(count);
  await follower.caughtUp();
  assert.equal(await models.nextIndex(), 74);
  assert.equal(follower.lag(), 0);
  await follower.stop();
  assert.equal(log.listeners.size, 0);
});

test('follow: entries gather until a batch is full or somebody waits', async () => {
  const [log, models] = [logOf(0), new MemoryModels()];
  const folds: number[] = [];
  const watched = {
    nextIndex: () => models.nextIndex(),
    drop: () => models.drop(),
    fold: async (from: number, entries: readonly Uint8Array[]): Promise<void> => {
      folds.push(entries.length);
      await models.fold(from, entries);
    },
  };
  const follower = followLog(log, watched, { ...quiet, gatherMs: 60_000 });
  for (const count of [0, 1, 2, 3, 1]) {
    log.grow(count);
    await setImmediate();
  }
  while (follower.lag() > 0) await setImmediate();
  log.grow(2);
  await setImmediate();
  assert.equal(follower.lag(), 2);
  await follower.caughtUp();
  assert.deepEqual(folds, [7, 2]);
  log.grow(1);
  await setImmediate();
  await follower.stop();
  assert.deepEqual(folds, [7, 2]);
});

test('follow: goes on where the models end, and drops those of a longer log', async () => {
  const [log, models] = [logOf(30), new MemoryModels()];
  await models.fold(0, await log.read(0, 12));
  const first = followLog(log, models, quiet);
  await first.caughtUp();
  await first.stop();
  assert.equal(await models.nextIndex(), 30);
  const second = followLog(logOf(5), models, quiet);
  await second.caughtUp();
  await second.stop();
  assert.equal(await models.nextIndex(), 5);
});

test('follow: a failed fold is told of and tried again from where the models are', async () => {
  const [log, models] = [logOf(30), new MemoryModels()];
  const failures: string[] = [];
  let faults = 3;
  const fold: MemoryModels['fold'] = async (from, entries) => {
    await models.fold(from, entries);
    faults -= 1;
    if (faults === 2) throw new Error('full');
    if (faults !== 0) return;
    await models.drop();
    throw new Error('damaged');
  };
  const follower = followLog(
    log,
    { nextIndex: () => models.nextIndex(), drop: () => models.drop(), fold },
    { failed: (cause) => failures.push(String(cause)), batch: 10, retryMs: 1 },
  );
  await follower.caughtUp();
  assert.equal(await models.nextIndex(), 30);
  assert.deepEqual(failures, ['Error: full', 'Error: damaged']);
  await follower.stop();
});

test('follow: stopping waits for the fold under way and cuts a rest short', async () => {
  const log = logOf(30);
  const gate = Promise.withResolvers<void>();
  let folds = 0;
  const slow = new MemoryModels();
  const fold = async (): Promise<void> => {
    folds += 1;
    await gate.promise;
    throw new Error('slow and broken');
  };
  const models = { nextIndex: () => slow.nextIndex(), drop: () => slow.drop(), fold };
  const started = Promise.withResolvers<void>();
  const follower = followLog(log, models, { failed: () => started.resolve(), retryMs: 60_000 });
  const waiting = follower.caughtUp();
  gate.resolve();
  await started.promise;
  log.grow(1);
  await follower.stop();
  await waiting;
  assert.equal(folds, 1);
});
