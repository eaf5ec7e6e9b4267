import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { armBanking, get, homeFor, post, running, text } from '../../testing/ask-daemon.ts';
import { type DaemonHome, type DaemonProgram, startProgram } from '../../testing/daemon-program.ts';
import { makeSmallHome } from '../../testing/small-disk.ts';
import { openClient } from '../client/daemon-client.ts';
import { loadConfig } from '../config/load-config.ts';
import { createLogger } from '../routes/request-log.ts';
import { startDaemon } from './start-daemon.ts';

type Asking = Pick<DaemonProgram, 'client'>;

async function openSession({ client }: Asking): Promise<string> {
  const body = { principal: 'emma', task: 'pay-bill' };
  return text((await post(client, 'agents/banking/sessions', body))['session']);
}

function decide({ client }: Asking, session: string, request: string): Promise<JsonObject> {
  const body = { session, request, tool: 'get_balance', args: {} };
  return post(client, 'agents/banking/actions/decide', body);
}

async function refusal(home: DaemonHome): Promise<string> {
  const said = await startProgram(home);
  assert.ok('kind' in said, 'it started');
  assert.ok(said.kind !== 'started');
  return `${said.kind}: ${said.message}`;
}

/** What an earlier run left: a session, and one decision in it. */
type Left = { readonly home: DaemonHome; readonly session: string; readonly decision: unknown };

async function leftBehind(
  t: TestContext,
  home: DaemonHome,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<Left> {
  const program = await running(t, home);
  await armBanking(program.client);
  const session = await openSession(program);
  const { decision } = await decide(program, session, 'one');
  await program.end(signal);
  return { home, session, decision };
}

/** Starts again, and finds what was left. */
async function mustGoOn(t: TestContext, { home, session, decision }: Left): Promise<void> {
  const program = await running(t, home);
  assert.equal((await decide(program, session, 'one'))['decision'], decision);
  assert.equal((await decide(program, session, `two-${Date.now()}`))['verdict'], 'allow');
  const { rows } = await get(program.client, 'agents/banking/decisions');
  assert.ok(Array.isArray(rows) && rows.length >= 2);
  await program.end('SIGTERM');
}

test('daemon: a full disk ends it with 70, and it goes on once there is room', async (t) => {
  verifies('evidence.before-effect');
  const small = makeSmallHome(t);
  if (small === null) return;
  const { home, disk } = small;
  const program = await running(t, home);
  await armBanking(program.client);
  const session = await openSession(program);
  const { decision } = await decide(program, session, 'one');
  disk.fill();
  const exited = once(program.child, 'exit');
  const ready = async (): Promise<number> => {
    const response = await fetch(`${program.started.url}/readyz`);
    if (response.status === 503) assert.match(await response.text(), /ledger|disk/);
    return response.status;
  };
  await assert.rejects(async () => {
    for (let at = 0; at < 100_000; at += 1) await decide(program, session, `more-${at}`);
  }, /full|room|space|disk/);
  assert.equal(await ready(), 503);
  assert.deepEqual(await exited, [70, null]);
  assert.match(program.log(), /the daemon ends: .*make room/);
  disk.free();
  await mustGoOn(t, { home, session, decision });
});

test('daemon: on a read-only disk it does not start, and says so', async (t) => {
  const small = makeSmallHome(t);
  if (small === null) return;
  const { home, disk } = small;
  const left = await leftBehind(t, home, 'SIGTERM');
  disk.remount('ro');
  assert.match(await refusal(home), /^refused: .*read-only/i);
  disk.remount('rw');
  await mustGoOn(t, left);
});

test('daemon: a damaged vault, state or segment is refused until it is cured', async (t) => {
  verifies('evidence.tlog');
  const left = await leftBehind(t, homeFor(t), 'SIGKILL');
  const { home } = left;
  const vault = join(home.data, 'vault.db');
  const damage = async (file: string, says: RegExp): Promise<void> => {
    const kept = `${file}.kept`;
    copyFileSync(file, kept);
    const bytes = readFileSync(file);
    bytes.fill(0xff, 0, Math.min(bytes.length, 4_096));
    writeFileSync(file, bytes);
    assert.match(await refusal(home), says);
    renameSync(kept, file);
  };
  await leftClean(t, home);
  await damage(vault, /^refused: .*vault/);
  await damage(
    join(home.data, 'log-state'),
    /^refused: .*\(tampered\).*`log-state` cannot be read/,
  );
  const segments = globSync('*', { cwd: join(home.data, 'segments') });
  assert.ok(segments.length > 0);
  const aside = join(home.folder, 'segments');
  renameSync(join(home.data, 'segments'), aside);
  assert.match(await refusal(home), /^refused: .*\((truncated|segments)\)/);
  rmSync(join(home.data, 'segments'), { recursive: true, force: true });
  renameSync(aside, join(home.data, 'segments'));
  await mustGoOn(t, left);
});

/** The vault's own write-ahead log must be in its file before that is damaged. */
async function leftClean(t: TestContext, home: DaemonHome): Promise<void> {
  await (await running(t, home)).end('SIGTERM');
}

test('daemon: damaged read models and snapshots are made again', async (t) => {
  const left = await leftBehind(t, homeFor(t), 'SIGTERM');
  for (const name of ['models.db', 'snapshots/guard.snap']) {
    const file = join(left.home.data, name);
    const bytes = readFileSync(file);
    bytes.fill(0xff, 0, Math.min(bytes.length, 4_096));
    writeFileSync(file, bytes);
  }
  await mustGoOn(t, left);
});

test('daemon: a second one on the same directory is told who holds it', async (t) => {
  const home = homeFor(t);
  const program = await running(t, home);
  assert.match(await refusal(home), new RegExp(`^held: .*${program.started.pid}`));
  await program.end('SIGTERM');
});

test('daemon: a clock that was set back makes no entry older than the one before', async (t) => {
  verifies('evidence.tlog');
  const home = homeFor(t);
  const config = loadConfig({ HOME: home.folder }, { settings: home.settings });
  const [late, early] = [Date.now(), Date.now() - 86_400_000];
  const logger = createLogger({ write: () => undefined });
  const run = async (now: number, request: string): Promise<JsonObject> => {
    const daemon = await startDaemon(config, {
      credentials: null,
      clock: () => now,
      monotonicMs: () => performance.now(),
      failed: (cause) => assert.fail(String(cause)),
      logger,
    });
    const client = openClient({ kind: 'socket', path: daemon.started.socket });
    try {
      if (now === late) await armBanking(client);
      return await decide({ client }, await openSession({ client }), request);
    } finally {
      await client.close();
      await daemon.close();
    }
  };
  assert.equal((await run(late, 'one'))['verdict'], 'allow');
  const back = await run(early, 'two');
  assert.equal(back['verdict'], 'allow');
  const again = await running(t, home);
  const { rows } = await get(again.client, 'events?limit=1000');
  assert.ok(Array.isArray(rows));
  const times = rows.map((row) => Number(Reflect.get(Object(row), 'at')));
  assert.deepEqual(
    times,
    times.toSorted((left, right) => right - left),
  );
  await again.end('SIGTERM');
});
