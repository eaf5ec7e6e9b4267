import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { inFolder } from '../../../testing/folder.ts';
import { makeEntry, openedOpen } from '../../../testing/log-entries.ts';
import { MemoryModels } from '../../../testing/memory-models.ts';
import { openModelsWorker } from './models-worker.ts';
import { StoreError } from './sqlite-error.ts';

const opened = makeEntry('session_opened', { agent: 'a', session: 's', open: openedOpen() });
const entries = Array.from({ length: 300 }, (_, at) => makeEntry('heartbeat', { at }));

test('read models, on a thread: answers as those on this thread do', async () => {
  await inFolder(async (folder) => {
    const models = await openModelsWorker({ file: join(folder, 'models.db') });
    const oracle = new MemoryModels();
    for (const one of [models, oracle]) await one.fold(0, [opened, ...entries]);
    assert.deepEqual(await models.sessions({}), await oracle.sessions({}));
    assert.deepEqual(await models.decisions({}), await oracle.decisions({}));
    assert.deepEqual(await models.events({ limit: 7 }), await oracle.events({ limit: 7 }));
    assert.equal(await models.decision('d1'), undefined);
    await assert.rejects(models.fold(900, entries), /bug: entry 301 is next, not 900/);
    await models.drop();
    assert.equal(await models.nextIndex(), 0);
    await models.close();
  });
});

test('read models, on a thread: what cannot be opened is refused as on this one', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'models.db');
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE other (a)');
    database.close();
    await assert.rejects(
      openModelsWorker({ file }),
      (error) => error instanceof StoreError && error.fault === 'foreign',
    );
  });
});

test('read models, on a thread: more batches than may wait are refused', async () => {
  await inFolder(async (folder) => {
    const bounds = { calls: 3, batches: 2 };
    const models = await openModelsWorker({ file: join(folder, 'models.db') }, bounds);
    const folds = [0, 100, 200].map((from) => models.fold(from, entries.slice(from, from + 100)));
    const asked = [models.nextIndex(), models.nextIndex()];
    const settled = await Promise.allSettled([...folds, ...asked]);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'rejected'],
    );
    assert.equal(await models.nextIndex(), 200);
    await models.fold(200, entries.slice(200));
    assert.equal(await models.nextIndex(), 300);
    await models.close();
    await assert.rejects(models.nextIndex(), StoreError);
    await models.close();
  });
});
