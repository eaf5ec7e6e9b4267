import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { plumbWith, type Said } from '../run-plumb.test.ts';

type Scene = {
  readonly folder: string;
  readonly config: string;
  readonly plumb: (...argv: readonly string[]) => Promise<Said>;
};

/** A home of its own, and a configuration whose port somebody else has. */
async function sceneFor(t: TestContext): Promise<Scene & { readonly free: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-asked-'));
  const environment = {
    HOME: folder,
    PLUMBLINE_DISK_WARN_BYTES: '0',
    PLUMBLINE_DISK_REFUSE_BYTES: '0',
  };
  const plumb: Scene['plumb'] = (...argv) => plumbWith(environment, ...argv);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const at = other.address();
  const port = typeof at === 'object' && at !== null ? at.port : 0;
  const config = join(folder, 'strict.json');
  writeFileSync(config, JSON.stringify({ listen: { http: `127.0.0.1:${port}` } }));
  t.after(async () => {
    await plumb('down');
    other.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, config, plumb, free: async () => void (await once(other.close(), 'close')) };
}

test('start: after one with a configuration failed, no command starts another kind', async (t) => {
  verifies('enforce.fail-closed');
  const { config, plumb, free } = await sceneFor(t);
  const failed = await plumb('up', '--config', config, '--detach');
  assert.equal(failed.exit, 1, failed.out);
  for (const argv of [['agent', 'list'], ['halt', '--fleet', '--reason', 'x'], ['status']]) {
    const said = await plumb(...argv);
    assert.equal(said.exit, 1, said.out + said.err);
    assert.match(said.err, /none is started with defaults/);
    assert.ok(said.err.includes(`\`plumb up --config ${config}\` and failed: `), said.err);
  }
  // The same configuration is no other kind of daemon.
  const again = await plumb('agent', 'list', '--config', config);
  assert.match(again.err, /something listens there already/);
  await free();
  assert.equal((await plumb('agent', 'list', '--config', config)).exit, 0);
  assert.equal((await plumb('down')).exit, 0);
  assert.equal((await plumb('agent', 'list')).exit, 0, 'it is forgotten once one ran');
});

test('start: a configuration that cannot be read is a start that failed as well', async (t) => {
  verifies('enforce.fail-closed');
  const { config, plumb } = await sceneFor(t);
  writeFileSync(config, '{ "listen": { "htp": 1 } }');
  assert.notEqual((await plumb('up', '--config', config)).exit, 0);
  const said = await plumb('agent', 'list');
  assert.match(said.err, /none is started with defaults/);
  const printed = await plumb('up', '--config', config, '--print-config');
  assert.notEqual(printed.exit, 0);
  assert.equal((await plumb('up', '--detach', '--listen', 'none')).exit, 0, 'a person may say so');
  assert.equal((await plumb('agent', 'list')).exit, 0);
});
