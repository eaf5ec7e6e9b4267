import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type JsonObject } from '@plumbline/core';
import { formatKnownLogs, parseVerifierKey, readCheckpoint } from '@plumbline/ledger';
import { verifies } from '@plumbline/testkit';

import { armBanking, get, homeFor, member, post, running, text } from '../../testing/ask-daemon.ts';
import { startLoad } from '../../testing/daemon-load.ts';
import { type DaemonHome, startProgram } from '../../testing/daemon-program.ts';
import type { DaemonClient } from '../client/daemon-client.ts';
import { loadConfig } from '../config/load-config.ts';
import { primitives } from '../ledger/primitives.ts';
import { openOffline } from '../record/offline.ts';
import { type Verified, verifyRecord } from '../record/verify-record.ts';
import { backupLedger, backupVault, restore } from './backup.ts';

async function openSession(client: DaemonClient, principal: string): Promise<string> {
  const body = { principal, task: 'pay-bill' };
  return text((await post(client, 'agents/banking/sessions', body))['session']);
}

function decide(client: DaemonClient, session: string, request: string): Promise<JsonObject> {
  const body = { session, request, tool: 'get_balance', args: {} };
  return post(client, 'agents/banking/actions/decide', body);
}

async function verified(home: DaemonHome, verifierKey: string): Promise<Verified> {
  const key = parseVerifierKey(primitives.sha256, verifierKey);
  assert.ok(key.ok);
  const record = openOffline({
    place: home.data,
    rootKeyFile: home.rootKey,
    openings: new Map(),
  });
  try {
    const result = await verifyRecord(record, {
      key: key.value,
      known: [],
      policy: null,
      authorities: null,
      isTreeOnly: false,
      heartbeatMs: 60_000,
      onProgress: () => undefined,
    });
    assert.ok(result.ok, result.ok ? '' : result.error.message);
    return result.value;
  } finally {
    await record.close();
  }
}

/** Asks for one action after the other; stopping it returns the longest time one took, in ms. */
function slowestOf(client: DaemonClient, session: string): () => Promise<number> {
  const ending = new AbortController();
  const run = async (): Promise<number> => {
    let slowestMs = 0;
    for (let at = 0; !ending.signal.aborted; at += 1) {
      const since = performance.now();
      await decide(client, session, `probe-${at}`);
      slowestMs = Math.max(slowestMs, performance.now() - since);
    }
    return slowestMs;
  };
  const ran = run();
  return () => {
    ending.abort();
    return ran;
  };
}

test('daemon: rolled over under load, it refuses nobody, and everything goes on', async (t) => {
  verifies('evidence.tlog');
  const home = homeFor(t);
  const first = await running(t, home);
  const { client, started } = first;
  await armBanking(client);
  const session = await openSession(client, 'emma');
  const before = await decide(client, session, 'before');
  const loaded = await openSession(client, 'ben');
  const width = { agent: 'banking', session: loaded, prefix: 'load', width: 16 };
  const load = startLoad(started.socket, width);
  const slowest = slowestOf(client, await openSession(client, 'cy'));
  const starts: number[] = [];
  for (const number of [1, 2, 3]) {
    await sleep(200);
    const rolled = await post(client, 'log/roll');
    assert.equal(rolled['origin'], `localhost/plumbline/${number}`);
    starts.push(Number(rolled['start']));
  }
  const slowestMs = await slowest();
  load.stop();
  assert.deepEqual(load.strange, []);
  t.diagnostic(`${load.acknowledged.length} actions, ${starts.join()}; held ${slowestMs} ms`);
  assert.ok(slowestMs < 30_000, `held for ${slowestMs} ms`);

  const token = text(member(before, 'permit')['token']);
  await post(client, 'agents/banking/permits/redeem', { token });
  assert.equal((await decide(client, session, 'before'))['isRepeat'], true);
  const { rows } = await get(client, 'agents/banking/decisions?limit=1000');
  assert.ok(Array.isArray(rows) && rows.length >= Math.min(1_000, load.acknowledged.length));
  const found = await get(client, `decisions/${text(before['decision'])}/opened`);
  assert.deepEqual([found['index'], found['sealed']], [before['index'], 'opened']);
  const status = await get(client, 'log');
  assert.equal(status['start'], starts.at(-1));
  const served = await (await fetch(`${started.url}/log/rolled/0/checkpoint`)).text();
  assert.ok(served.startsWith(`localhost/plumbline\n${starts[0]}\n`), served);
  const agents = await get(client, 'agents/banking');
  await first.end('SIGKILL');

  const again = await running(t, home);
  const restored = await get(again.client, 'agents/banking');
  assert.deepEqual(
    [restored['pact'], restored['openSessions'], restored['epoch']],
    [agents['pact'], agents['openSessions'], agents['epoch']],
  );
  assert.equal((await decide(again.client, session, 'before'))['decision'], before['decision']);
  assert.equal((await decide(again.client, session, 'after'))['verdict'], 'allow');
  const exported = await post(again.client, 'subjects/export', { subject: 'emma' });
  assert.ok(JSON.stringify(exported).includes(text(before['decision'])));
  await post(again.client, 'subjects/erase', { subject: 'emma', reason: 'asked' });
  const erased = await get(again.client, `decisions/${text(before['decision'])}/opened`);
  assert.equal(erased['sealed'], 'erased');
  await again.end('SIGTERM');
  const { earlier, record } = await verified(home, started.verifierKey);
  assert.equal(earlier.length, 3);
  assert.ok(record !== null && record.entries > load.acknowledged.length);
});

test('daemon: it rolls over by itself at its size', async (t) => {
  const home = homeFor(t, { 'log.rollAtEntries': '1000' });
  const { client, started } = await running(t, home);
  await armBanking(client);
  const session = await openSession(client, 'emma');
  const width = { agent: 'banking', session, prefix: 'load', width: 16 };
  const load = startLoad(started.socket, width);
  const origin = async (): Promise<unknown> => (await get(client, 'log'))['origin'];
  while ((await origin()) === 'localhost/plumbline') await sleep(50);
  load.stop();
  assert.deepEqual(load.strange, []);
});

test('daemon: killed while it rolls over, it loses nothing it acknowledged', async (t) => {
  verifies('evidence.before-effect', 'evidence.tlog');
  const home = homeFor(t);
  let program = await running(t, home);
  const { verifierKey } = program.started;
  await armBanking(program.client);
  let count = 0;
  for (const delayMs of [2, 10, 25, 60, 150, 10_000]) {
    const { client, started } = program;
    const session = await openSession(client, 'emma');
    const of = { agent: 'banking', session, prefix: `load-${delayMs}`, width: 8 };
    const load = startLoad(started.socket, of);
    while (load.acknowledged.length < 20) await sleep(2);
    const rolled = post(client, 'log/roll').catch(() => null);
    await Promise.race([rolled, sleep(delayMs)]);
    await program.end('SIGKILL');
    load.stop();
    await rolled;
    program = await running(t, home);
    for (const { decision, index } of load.acknowledged) {
      assert.equal((await get(program.client, `decisions/${decision}`))['index'], index);
      count += 1;
    }
    await post(program.client, `agents/banking/sessions/${session}/close`);
  }
  await program.end('SIGTERM');
  const { earlier } = await verified(home, verifierKey);
  t.diagnostic(`${count} acknowledged, ${earlier.length} roll-overs finished of 6`);
  assert.ok(earlier.length > 0);
});

/** Runs a daemon that takes one decision, and returns the checkpoint it left. */
async function oneMore(t: TestContext, home: DaemonHome, request: string): Promise<string> {
  const program = await running(t, home);
  const { rows } = await get(program.client, 'agents');
  assert.ok(Array.isArray(rows) && rows.every(isJsonObject));
  if (rows.length === 0) await armBanking(program.client);
  await decide(program.client, await openSession(program.client, 'emma'), request);
  const { verifierKey } = program.started;
  await program.end('SIGTERM');
  return verifierKey;
}

test('daemon: an older backup is refused by known logs, and starts without them', async (t) => {
  verifies('evidence.tlog');
  const home = homeFor(t);
  const config = loadConfig({ HOME: home.folder }, { settings: home.settings });
  const verifierKey = await oneMore(t, home, 'one');
  const [ledger, vault] = [join(home.folder, 'ledger'), join(home.folder, 'vault')];
  backupLedger(config, ledger);
  await backupVault(config, vault, null);
  await oneMore(t, home, 'two');
  const key = parseVerifierKey(primitives.sha256, verifierKey);
  const stated = readCheckpoint(readFileSync(join(home.data, 'log/checkpoint')));
  assert.ok(key.ok && stated.ok);
  const known = join(home.folder, 'known-logs');
  writeFileSync(known, formatKnownLogs([{ ...stated.value.checkpoint, key: key.value }]));
  const older = homeFor(t);
  const place = { ...older, rootKey: home.rootKey };
  const settings = new Map([...older.settings, ['rootKey', home.rootKey]]);
  restore(loadConfig({ HOME: older.folder }, { settings }), { ledger, vault, knownLogs: null });
  const refused = await startProgram({
    ...place,
    settings: new Map([...settings, ['log.knownLogs', known]]),
  });
  assert.ok('kind' in refused && refused.kind === 'refused');
  assert.match(refused.message, /rolled-back.* was known with \d+.*newest copy/);
  const unwarned = await running(t, { ...place, settings });
  await unwarned.end('SIGTERM');
  const newest = new Map([...home.settings, ['log.knownLogs', known]]);
  await (await running(t, { ...home, settings: newest })).end('SIGTERM');
});
