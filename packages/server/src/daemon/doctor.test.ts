import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { openDockerEngine } from '../../testing/docker-engine.ts';
import { createLogger } from '../routes/request-log.ts';
import { restore } from './backup.ts';
import { examine } from './doctor.ts';
import type { Finding } from './finding.ts';
import { prepareFolder, StartRefused } from './places.ts';
import { startDaemon, type StartOptions } from './start-daemon.ts';

function configFor(t: TestContext): Config {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-doctor-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const own = join(folder, 'd');
  mkdirSync(join(own, 'log'), { recursive: true });
  chmodSync(own, 0o700);
  const settings = new Map([
    ['data', own],
    ['listen.http', 'none'],
  ]);
  return loadConfig({ HOME: folder }, { settings });
}

function machine(): StartOptions {
  const failed = (cause: unknown): void => assert.fail(String(cause));
  const logger = createLogger({ write: () => true });
  return {
    credentials: null,
    clock: Date.now,
    monotonicMs: () => performance.now(),
    failed,
    logger,
  };
}

async function found(config: Config, what: string): Promise<Finding | undefined> {
  const findings = await examine(config, { now: 0, credentials: null });
  return findings.find((finding) => finding.what === what);
}

test('doctor: a log whose state is gone does not begin afresh', async (t) => {
  const config = configFor(t);
  assert.equal((await found(config, 'log'))?.state, 'warn');
  writeFileSync(join(config.data, 'log', 'checkpoint'), 'x');
  const log = await found(config, 'log');
  assert.equal(log?.state, 'fail');
  assert.match(log.says, /log-state is gone/);
});

test('doctor: an engine is asked beforehand whether it would end containers', async (t) => {
  const engine = await openDockerEngine({ swarm: 'worker' });
  t.after(() => engine.close());
  const config = configFor(t);
  const containers = {
    local: { kind: 'docker', host: `tcp://127.0.0.1:${engine.port}` },
    away: { kind: 'docker', host: 'unix:///nowhere/docker.sock' },
  };
  const settings = new Map([
    ['data', config.data],
    ['allowNetworks', '127.0.0.0/8'],
    ['containers', JSON.stringify(containers)],
  ]);
  const given = loadConfig({ HOME: join(config.data, '..') }, { settings });
  const where = `tcp://127.0.0.1:${engine.port} speaks 1.41; containers with \`plumbline.agent\`: 0`;
  const next = 'mend `containers.local` before a halt needs it (docs/containers.md)';
  assert.deepEqual(await found(given, 'containers `local`'), {
    what: 'containers `local`',
    state: 'warn',
    says: `${where}; its swarm is led elsewhere: configure a manager of it too`,
    next,
  });
  engine.instead.push({ on: /kill$/, status: 403, times: 1 });
  const refused = await found(given, 'containers `local`');
  assert.equal(refused?.state, 'fail');
  assert.match(refused.says, /it answered 403 to kill a container/);
  const away = await found(given, 'containers `away`');
  assert.equal(
    away?.says,
    'unix:///nowhere/docker.sock; it gave no answer to its version (ENOENT)',
  );
  assert.deepEqual(engine.violations, []);
});

test('doctor: a vault that is gone is put back, never made again', async (t) => {
  const config = configFor(t);
  assert.equal((await found(config, 'vault'))?.state, 'warn');
  writeFileSync(join(config.data, 'log-state'), 'x');
  const vault = await found(config, 'vault');
  assert.equal(vault?.state, 'fail');
  assert.match(vault.next ?? '', /restore --vault/);
});

test('daemon: beside a log without its vault no fresh vault is made', async (t) => {
  const config = configFor(t);
  writeFileSync(join(config.data, 'log-state'), 'x');
  await assert.rejects(startDaemon(config, machine()), /its vault is not; put the vault back/);
  assert.equal(existsSync(join(config.data, 'vault.db')), false);
});

test('restore: what is refused leaves nothing behind', (t) => {
  const config = configFor(t);
  const vault = join(config.data, '..', 'v');
  mkdirSync(vault);
  const asked = { ledger: join(config.data, '..', 'none'), vault, knownLogs: null };
  assert.throws(() => restore(config, asked), /vault.db: is missing; name a folder/);
  writeFileSync(join(vault, 'vault.db'), 'x');
  assert.throws(() => restore(config, asked), StartRefused);
  assert.equal(existsSync(join(config.data, 'vault.db')), false);
});

test('daemon: a first start that failed half-way does not lose the admin key', async (t) => {
  const own = configFor(t);
  const taken = net.createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  t.after(() => taken.close());
  const address = taken.address();
  assert.ok(address !== null && typeof address === 'object');
  const http = { host: '127.0.0.1', port: address.port };
  const refused = { ...own, listen: { ...own.listen, http } };
  await assert.rejects(startDaemon(refused, machine()), /something listens there already/);
  const daemon = await startDaemon(own, machine());
  await daemon.close();
  assert.match(daemon.started.bootstrap?.adminKey ?? '', /^plk_/);
});

test('daemon: a folder that cannot be made is refused at once', { skip: notLinux() }, () => {
  assert.throws(() => prepareFolder('/proc/none/here'), StartRefused);
});

function notLinux(): string | false {
  return process.platform === 'linux' ? false : 'only Linux has a folder that takes none';
}
