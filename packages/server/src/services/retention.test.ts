import assert from 'node:assert/strict';
import { test } from 'node:test';

import { formatCheckpoint, formatNote } from '@plumbline/ledger';

import { makeEntry } from '../../testing/log-entries.ts';
import { MemoryModels } from '../../testing/memory-models.ts';
import { makeRetention, type RetentionNeeds } from './retention.ts';

const ROOT = new Uint8Array(32);

async function scene(changes: Partial<RetentionNeeds> = {}): Promise<RetentionNeeds> {
  const entries = [
    makeEntry('boot', { at: 5 }),
    makeEntry('heartbeat', { at: 6, open: { size: 1 } }),
    makeEntry('boot', { at: 7 }),
    makeEntry('erasure', { at: 8, open: { subject: 's', sessions: [], by: 'local' } }),
  ];
  const models = new MemoryModels();
  await models.fold(0, entries);
  const checkpoint = formatCheckpoint({ origin: 'log.example', size: 2, root: ROOT });
  const signatures = [
    { name: 'log.example', keyId: new Uint8Array(4), signature: new Uint8Array(64) },
  ];
  const files: Readonly<Record<string, string>> = {
    'log/rolled/0/checkpoint': formatNote({ text: checkpoint, signatures }),
    'log/rolled/0/rolled-at': '7\n',
  };
  return {
    base: 'log.example',
    log: {
      status: () => ({
        origin: 'log.example/1',
        nextIndex: 4,
        durableSize: 4,
        publishedSize: 4,
        checkpointAt: null,
        stopped: null,
      }),
      start: () => 2,
      read: (from, limit) => Promise.resolve(entries.slice(from, from + limit)),
    },
    readFile: (path) => {
      const text = files[path];
      return Promise.resolve(text === undefined ? undefined : Buffer.from(text));
    },
    models,
    caughtUp: () => Promise.resolve(),
    rollAtEntries: 1_000,
    freeBytes: () => 77,
    bounds: { warnBytes: 9, refuseBytes: 3 },
    ...changes,
  };
}

test('retention: logs are counted since their first entry, and so are people erased', async () => {
  assert.deepEqual(await makeRetention(await scene()).look(), {
    entries: 4,
    oldestAt: 5,
    logs: [
      { origin: 'log.example', start: 0, entries: 2, firstAt: 5, rolledAt: 7 },
      { origin: 'log.example/1', start: 2, entries: 2, firstAt: 7, rolledAt: null },
    ],
    rollAtEntries: 1_000,
    erased: { count: 1, isMore: false, lastAt: 8 },
    disk: { freeBytes: 77, warnBytes: 9, refuseBytes: 3 },
  });
});

test('retention: logs whose files are gone are left out', async () => {
  const needs = await scene({ readFile: () => Promise.resolve(undefined) });
  const { logs } = await makeRetention(needs).look();
  assert.deepEqual(
    logs.map(({ origin }) => origin),
    ['log.example/1'],
  );
});
