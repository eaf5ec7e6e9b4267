import assert from 'node:assert/strict';
import { chmodSync, globSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import {
  armBanking,
  get,
  homeFor,
  member,
  post,
  refusedWith,
  running,
  text,
} from '../../testing/ask-daemon.ts';
import { ensureDaemon } from '../client/ensure-daemon.ts';
import { loadConfig } from '../config/load-config.ts';
import { backupLedger, backupVault, restore } from './backup.ts';
import { examine } from './doctor.ts';
import { isHeld, readHolder } from './lock.ts';
import { placesOf } from './places.ts';
import { rotateLogKey } from './rotate-log-key.ts';

test('daemon: however many start it at once, one runs and all reach it', async (t) => {
  const home = homeFor(t);
  const start = {
    folder: home.data,
    told: { settings: home.settings },
    environment: { HOME: home.folder },
  };
  const said = await Promise.all([1, 2, 3].map(() => ensureDaemon(start)));
  const started = said.filter((each) => each !== null);
  assert.equal(started.length, 1);
  const { pid = 0 } = started[0] ?? {};
  assert.equal(readHolder(placesOf(home.data))?.pid, pid);
  assert.equal(await ensureDaemon(start), null);
  process.kill(pid, 'SIGTERM');
  while (isHeld(placesOf(home.data))) await sleep(20);
});

test('daemon: an older vault put back stays without the erased and the revoked', async (t) => {
  verifies('evidence.erasure');
  const home = homeFor(t);
  const config = loadConfig({ HOME: home.folder }, { settings: home.settings });
  const first = await running(t, home);
  await armBanking(first.client);
  await post(first.client, 'agents/banking/sessions', { principal: 'emma', task: 'pay-bill' });
  const { key } = await post(first.client, 'keys', {
    kind: 'service',
    name: 'scraper',
    scopes: ['read'],
  });
  const [ledger, vault] = [join(home.folder, 'ledger'), join(home.folder, 'vault')];
  backupLedger(config, ledger);
  await backupVault(config, vault, null);
  assert.deepEqual(readdirSync(vault), ['vault.db']);
  assert.throws(() => backupLedger(config, ledger), /is not empty/);
  await assert.rejects(backupVault(config, ledger, null), /never share a folder/);
  await post(first.client, 'subjects/erase', { subject: 'emma', reason: 'asked' });
  const id = text(member({ key: key ?? null }, 'key')['id']);
  await first.client.ask({ method: 'DELETE', path: `/api/v1/keys/${id}` });
  await first.end('SIGTERM');

  for (const file of globSync('vault.db*', { cwd: home.data })) rmSync(join(home.data, file));
  restore(config, { ledger: null, vault, knownLogs: null });
  const again = await running(t, home);
  await assert.rejects(
    post(again.client, 'subjects/export', { subject: 'emma' }),
    refusedWith('not-found'),
  );
  const { rows } = await get(again.client, 'keys');
  assert.ok(Array.isArray(rows));
  const found = rows.filter(isJsonObject).find((row) => row['id'] === id);
  assert.equal(typeof found?.['revokedAt'], 'number');
  await again.end('SIGTERM');

  const known = `log ${again.started.verifierKey} 1000 ${'A'.repeat(43)}=\n`;
  rmSync(home.data, { recursive: true });
  assert.throws(() => restore(config, { ledger, vault, knownLogs: known }), /a second history/);
  rmSync(home.data, { recursive: true });
  const copied = restore(config, { ledger, vault, knownLogs: null });
  assert.equal(copied?.origin, 'localhost/plumbline');
  assert.throws(
    () => restore(config, { ledger, vault: null, knownLogs: null }),
    /holds a log already/,
  );
  const restored = await running(t, home);
  assert.equal(Number((await get(restored.client, 'agents/banking'))['openSessions']), 1);
  await restored.end('SIGTERM');
});

test('daemon: a log handed over to a fresh key goes on, and is found well', async (t) => {
  const home = homeFor(t);
  const config = loadConfig({ HOME: home.folder }, { settings: home.settings });
  const first = await running(t, home);
  const [now, credentials] = [Date.now(), null];
  const well = await examine(config, { now, credentials });
  assert.deepEqual(
    well.filter(({ state }) => state !== 'ok'),
    [],
  );
  await first.end('SIGTERM');
  const failed = (cause: unknown): void => assert.fail(String(cause));
  const machine = { credentials, clock: Date.now, monotonicMs: () => 0, failed };
  const rotated = await rotateLogKey(config, machine);
  assert.notEqual(rotated.verifierKey, first.started.verifierKey);
  const again = await running(t, home);
  assert.equal((await get(again.client, 'log'))['verifierKey'], rotated.verifierKey);
  await again.end('SIGTERM');
  const states = (await examine(config, { now, credentials })).map(({ what, state }) => [
    what,
    state,
  ]);
  assert.deepEqual(
    states.filter(([, state]) => state !== 'ok'),
    [['socket', 'warn']],
  );
  chmodSync(home.data, 0o755);
  const open = (await examine(config, { now, credentials })).find(({ state }) => state === 'fail');
  assert.match(open?.next ?? '', /chmod 700/);
});
