import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { isJsonObject, type JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { get, homeFor, post, running, text } from '../../testing/ask-daemon.ts';
import type { DaemonProgram } from '../../testing/daemon-program.ts';
import { escapesFrom, type Outside } from '../../testing/escapes.ts';
import { type GroupBound, makeControlGroup } from './groups/control-group.ts';
import { readHierarchies } from './groups/group-files.ts';
import {
  AGENT_USER,
  armSupport,
  hostileAgent,
  machineFor,
  ROOMY,
  startAgent,
  type Starting,
  workFor,
} from '../../testing/sandbox-scene.ts';

/** Whether control groups bound something here; elsewhere looks and `setrlimit` do. */
function isGrouped(bound: GroupBound): boolean {
  const group = makeControlGroup(readHierarchies(), ROOMY);
  group?.remove();
  return group?.bounds.includes(bound) === true;
}

async function sceneFor(
  t: TestContext,
  settings: Readonly<Record<string, string>> = {},
): Promise<
  (Pick<Starting, 'socket' | 'work' | 'machine'> & { readonly program: DaemonProgram }) | null
> {
  const machine = machineFor(t);
  if (machine === null) return null;
  const program = await running(t, homeFor(t, settings));
  await armSupport(program.client);
  return { program, machine, socket: program.started.socket, work: workFor(t) };
}

/** Memory and a queue of this machine that every user of it may read. */
function sharedWith(t: TestContext): Pick<Outside, 'shared' | 'segment' | 'queue'> {
  const name = `plumb-shared-${process.pid}`;
  const shared = `/dev/shm/${name}`;
  writeFileSync(shared, 'a secret', { mode: 0o666 });
  t.after(() => rmSync(shared));
  const segment = Number(shell('perl', '-e', 'print shmget(0, 64, 0666 | 01000)'));
  t.after(() => shell('perl', '-e', 'shmctl($ARGV[0], 0, 0)', `${segment}`));
  const queue = `plumb-queue-${process.pid}`;
  const [open, unlink] = process.arch === 'arm64' ? [180, 181] : [240, 241];
  shell('perl', '-e', `my $n = "${queue}\\0"; syscall(${open}, $n, 0102, 0666, 0) >= 0 or die $!`);
  t.after(() => shell('perl', '-e', `my $n = "${queue}\\0"; syscall(${unlink}, $n)`));
  return { shared, segment, queue };
}

function shell(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' });
}

async function listening(
  t: TestContext,
  at: number | string,
): Promise<AddressInfo | string | null> {
  const server = createServer((socket) => socket.end('reached'));
  server.listen(at);
  await once(server, 'listening');
  t.after(() => server.close());
  return server.address();
}

test('sandbox: every written way out of it is held', async (t) => {
  verifies('enforce.supervised');
  const scene = await sceneFor(t);
  if (scene === null) return;
  const { socket: daemonSocket, work, program } = scene;
  const folder = mkdtempSync(join(tmpdir(), 'plumb-outside-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o777);
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'a secret', { mode: 0o666 });
  const socket = join(folder, 'host.sock');
  await listening(t, socket);
  chmodSync(socket, 0o777);
  const abstract = `plumb-abstract-${process.pid}`;
  await listening(t, `\0${abstract}`);
  const tcp = await listening(t, 0);
  const port = typeof tcp === 'object' && tcp !== null ? tcp.port : 0;
  const isRoot = process.getuid?.() === 0;
  const sleeper = spawn('sleep', ['60'], isRoot ? AGENT_USER : {});
  t.after(() => sleeper.kill('SIGKILL'));
  const pid = sleeper.pid ?? 0;
  const shares = sharedWith(t);
  const outside = { port, socket, abstract, daemonSocket, secret, pid, ...shares };
  const asked = new Set<string>();
  writeFileSync(join(work, 'escapes.pl'), escapesFrom(outside), { mode: 0o644 });
  const run = await startAgent({
    ...scene,
    command: ['sh', '-c', 'exec perl escapes.pl > tried.txt 2> faults.txt'],
    hosts: [`allowed.example:${port}`],
    resolve: (name) => {
      asked.add(name);
      return Promise.resolve(['127.0.0.1']);
    },
  });
  assert.equal((await run.done).code, 0, readFileSync(join(work, 'faults.txt'), 'utf8'));
  const lines = readFileSync(join(work, 'tried.txt'), 'utf8').trim().split('\n');
  assert.deepEqual(
    lines.filter((line) => !line.startsWith('held ')),
    ['all tried'],
  );
  assert.equal(lines.length, 60);
  // Names that are not listed are not looked up: they carry nothing out.
  assert.deepEqual([...asked], ['allowed.example']);
  assert.equal(program.child.exitCode, null);
  assert.deepEqual(await found(program), ['connection_refused', 'escape_attempt']);
});

test('sandbox: a halt ends processes that hide and ignore, and every way out', async (t) => {
  verifies('enforce.supervised', 'human.halt-infrastructure');
  const scene = await sceneFor(t);
  if (scene === null) return;
  const { work, program } = scene;
  const run = await startAgent({ ...scene, command: hostileAgent('not.example:443') });
  while (!existsSync(join(work, 'ready'))) await pause(10);
  const halted = await post(program.client, 'agents/support/halt', { reason: 'enough' });
  const view = await get(program.client, `halts/${text(halted['halt'])}?waitMs=10000`);
  assert.equal(view['state'], 'effective');
  assert.equal(existsSync(`/proc/${run.init}`), false);
  assert.deepEqual(executed(view), [
    ['network', 'done'],
    ['processes', 'done'],
  ]);
  const end = await run.done;
  assert.deepEqual([end.why, end.lost], ['halted', 0]);
  await assert.rejects(startAgent({ ...scene, command: ['true'] }), /halted/);
});

function executed(view: JsonObject): readonly (readonly unknown[])[] {
  const rows = view['executors'];
  assert.ok(Array.isArray(rows));
  return rows.filter(isJsonObject).map(({ executor, state }) => [executor, state]);
}

test('sandbox: without its daemon an agent ends once its lease is over', async (t) => {
  verifies('enforce.supervised', 'enforce.fail-closed');
  const scene = await sceneFor(t);
  if (scene === null) return;
  const run = await startAgent({ ...scene, command: ['sleep', '1000'] });
  await scene.program.end('SIGKILL');
  const end = await run.done;
  assert.equal(end.why, 'lease');
  assert.ok(end.lost > 0);
  assert.equal(existsSync(`/proc/${run.init}`), false);
});

test('sandbox: a daemon that is back within the lease can end its agent', async (t) => {
  verifies('enforce.supervised', 'human.halt-infrastructure');
  const machine = machineFor(t);
  if (machine === null) return;
  const home = homeFor(t, { 'guard.leaseMs': '60000' });
  const first = await running(t, home);
  await armSupport(first.client);
  const starting = { machine, socket: first.started.socket, work: workFor(t) };
  const run = await startAgent({ ...starting, command: ['sleep', '1000'] });
  await first.end('SIGKILL');
  const second = await running(t, home);
  assert.equal(existsSync(`/proc/${run.init}`), true);
  await post(second.client, 'agents/support/halt', { reason: 'enough' });
  assert.equal((await run.done).why, 'halted');
});

test('sandbox: what is beyond a limit is ended, and what was seen is recorded', async (t) => {
  verifies('enforce.supervised');
  const scene = await sceneFor(t);
  if (scene === null) return;
  const { work, program } = scene;
  const ends = async (command: readonly string[], limits: Starting['limits']): Promise<string> => {
    const run = await startAgent({ ...scene, command, limits: { ...limits } });
    const { why, said, code } = await run.done;
    return why === 'limit' ? said : `${why} ${code}`;
  };
  const busy = ['sh', '-c', 'echo made > made; while :; do :; done'];
  assert.equal(await ends(busy, { busyMs: 500 }), 'busy');
  assert.equal(await ends(['sleep', '1000'], { idleMs: 500 }), 'idle');
  assert.equal(await ends(busy, { cpuMs: 300 }), 'cpu');
  assert.equal(await ends(['sleep', '1000'], { timeMs: 500 }), 'time');
  const bomb = ['perl', '-e', 'while (1) { fork // exit 9 }'];
  assert.match(await ends(bomb, { processes: 20 }), /^(?:processes|exited 9)$/);
  const greedy = ['perl', '-e', 'my $x = "x" x (1 << 28); sleep 1000'];
  assert.match(await ends(greedy, { memoryBytes: 2 ** 26 }), /^(?:memory|exited \d+)$/);
  if (isGrouped('memory')) {
    // What lies in its own temporary files is nobody's own memory, and counted by its group.
    const filling = ['sh', '-c', 'head -c 268435456 /dev/zero > /dev/shm/full; sleep 1000'];
    assert.equal(await ends(filling, { memoryBytes: 2 ** 26 }), 'memory');
  }
  assert.equal(readFileSync(join(work, 'made'), 'utf8'), 'made\n');
  const events = await get(program.client, 'events?kind=observed&limit=1000');
  assert.ok(Array.isArray(events['rows']));
  const whats = await Promise.all(
    events['rows'].map(async (row) => whatOf(program, Object(row)['index'])),
  );
  assert.deepEqual([...new Set(whats)].toSorted(), [
    'ended',
    'files',
    'limit',
    'processes',
    'started',
  ]);
  assert.deepEqual(await found(program), ['limit_reached']);
});

test('sandbox: settings say how far an agent may reach, and options narrow it', async (t) => {
  verifies('enforce.supervised', 'enforce.fail-closed');
  const limits = { timeMs: 500 };
  const hosts = ['*.example.com'];
  const supervision = JSON.stringify({ '*': { hosts, limits }, other: {} });
  const scene = await sceneFor(t, { supervision });
  if (scene === null) return;
  const command = ['sleep', '1000'];
  const wider = startAgent({ ...scene, command, hosts: ['example.com'] });
  await assert.rejects(wider, /^Error: not-allowed: `example.com` is no host of the agent's/);
  const run = await startAgent({ ...scene, command, hosts: ['a.example.com'] });
  assert.deepEqual(run.bounds.named, ['a.example.com']);
  const whole = await startAgent({ ...scene, command, limits: { timeMs: 90_000 } });
  assert.deepEqual(whole.bounds.named, ['*.example.com']);
  assert.deepEqual([whole.bounds.by, whole.bounds.limits.timeMs], ['settings', 500]);
  const ends = await Promise.all([run.done, whole.done]);
  assert.deepEqual(
    ends.map(({ said }) => said),
    ['time', 'time'],
  );
});

test('weaker: an agent has its group, its environment and its halt, and no more', async (t) => {
  verifies('enforce.supervised', 'human.halt-infrastructure');
  const program = await running(t, homeFor(t));
  await armSupport(program.client);
  const [socket, work] = [program.started.socket, workFor(t)];
  const leaves = 'setsid sh -c "echo \\$\\$ > left; touch ready; sleep 1000; :"';
  const script = `env > env.txt; (trap "" TERM; sleep 1000) & ${leaves} & wait`;
  const run = await startAgent({ socket, work, machine: null, command: ['sh', '-c', script] });
  while (!existsSync(join(work, 'ready'))) await pause(10);
  const halted = await post(program.client, 'agents/support/halt', { reason: 'enough' });
  const view = await get(program.client, `halts/${text(halted['halt'])}?waitMs=10000`);
  assert.equal(view['state'], 'effective');
  assert.equal((await run.done).why, 'halted');
  assert.equal(existsSync(`/proc/${run.init}`), false);
  // What left the group of processes is still in the control group.
  const left = `/proc/${readFileSync(join(work, 'left'), 'utf8').trim()}`;
  if (run.group?.ends != null) {
    assert.doesNotMatch(readOr(join(left, 'stat')), /\) [^ZX] /);
  }
  const names = readFileSync(join(work, 'env.txt'), 'utf8').trim().split('\n').toSorted();
  assert.ok(names.some((line) => line.startsWith('HTTPS_PROXY=http://127.0.0.1:')));
  assert.ok(!names.some((line) => /^(?:NODE_COMPILE_CACHE|SSH_|npm_)/.test(line)), names.join(' '));
});

function readOr(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Every name of a finding, once. */
async function found({ client }: DaemonProgram): Promise<readonly unknown[]> {
  const events = await get(client, 'events?kind=finding&limit=1000');
  const rows = Array.isArray(events['rows']) ? events['rows'] : [];
  const names = rows.map(async (row) => {
    const entry = await get(client, `log/entries/${Number(Object(row)['index'])}`);
    return Object(entry['open'])['name'];
  });
  return [...new Set(await Promise.all(names))].toSorted();
}

async function whatOf({ client }: DaemonProgram, index: number): Promise<unknown> {
  const entry = await get(client, `log/entries/${index}`);
  return Object(entry['open'])['what'];
}
