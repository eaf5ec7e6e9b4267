import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { readCheckpoint } from '@plumbline/ledger';

import { inFolder } from '../../testing/folder.ts';
import { RecordedLog } from '../../testing/recorded-log.ts';
import { openOffline } from './offline.ts';
import { OfflineError } from './offline-error.ts';
import { Opener } from './opener.ts';
import { readInThread, type TakeTaken } from './read-in-thread.ts';
import { readLog } from './read-log.ts';
import type { ThreadJob } from './reading-messages.ts';

async function jobIn(folder: string): Promise<ThreadJob> {
  const log = new RecordedLog(join(folder, 'data')).begin();
  for (let count = 0; count < 90; count += 1) await log.story(`person ${count}`);
  const place = await log.write();
  const rootKeyFile = join(folder, 'root.key');
  writeFileSync(rootKeyFile, Buffer.from(log.rootKey).toString('hex'), { mode: 0o600 });
  const where = { place, rootKeyFile, openings: new Map() };
  const record = openOffline(where);
  const read = readCheckpoint((await record.source.read('checkpoint')) ?? new Uint8Array());
  assert.ok(read.ok);
  await record.close();
  const { size, root } = read.value.checkpoint;
  const job = { checkpoint: { size, root }, anchors: [], isTreeOnly: false };
  return { where, rolled: null, job };
}

test('reading on a thread: the same entries, leaves, texts and faults as without', async () => {
  await inFolder(async (folder) => {
    const job = await jobIn(folder);
    const record = openOffline(job.where);
    const opener = new Opener(record);
    const collect = (into: unknown[]): TakeTaken => {
      return async ({ from, entries, leaves, opened }) => {
        await opener.prepare(entries, from);
        for (const [at, entry] of entries.entries()) {
          assert.ok(entry !== null);
          const payload = opened?.[at] ?? opener.open(entry);
          into.push({ index: from + at, entry, leaf: [...(leaves[at] ?? [])], payload });
        }
        return undefined;
      };
    };
    const [here, there]: [unknown[], unknown[]] = [[], []];
    const without = await readLog(record.source, job.job, (batch) => {
      return collect(here)({ ...batch, opened: null });
    });
    const within = await readInThread(job, collect(there));
    assert.deepEqual(within, without);
    assert.ok(within.ok && here.length > 1_000);
    assert.deepEqual(there, here);
    const refused = await readInThread(job, ({ from }) => {
      return Promise.resolve(from === 256 ? 'entry 300: is refused' : undefined);
    });
    const error = { code: 'refused', message: 'entry 300: is refused' };
    assert.deepEqual(refused, { ok: false, error });
    rmSync(join(job.where.place, 'log/tile/0'), { recursive: true });
    const gone = await readInThread(job, () => Promise.resolve(undefined));
    assert.equal(gone.ok ? '' : gone.error.code, 'missing');
    await record.close();
    rmSync(job.where.place, { recursive: true });
    await assert.rejects(
      readInThread(job, () => Promise.resolve(undefined)),
      OfflineError,
    );
  });
});
