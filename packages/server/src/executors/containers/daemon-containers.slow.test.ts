import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { isJsonObject, type JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { armBanking, get, homeFor, post, running, text } from '../../../testing/ask-daemon.ts';
import { makeHome } from '../../../testing/daemon-program.ts';
import { type Kept, openDockerEngine } from '../../../testing/docker-engine.ts';
import { hasOpenssl } from '../../../testing/openssl.ts';
import { makeAuthority, makeCertificate } from '../../../testing/workload-certificates.ts';

function kept(id: string, labels: Kept['labels']): Kept {
  const networks = ['bridge'];
  const of = { networkMode: 'bridge', networks, state: 'running', restart: 'always' } as const;
  return { ...of, networks, id: id.padStart(64, '0'), labels };
}

test('containers: a halt that a crash interrupted ends them after the next start', async (t) => {
  verifies('human.halt-infrastructure');
  if (!(await hasOpenssl())) {
    assert.notEqual(process.env['CI'], 'true', 'openssl is missing');
    return t.skip('openssl is missing');
  }
  const keys = makeHome();
  t.after(() => keys.remove());
  const { folder } = keys;
  await makeAuthority(folder, 'ca');
  await makeCertificate(folder, 'engine', { names: 'IP:127.0.0.1', signedBy: 'ca' });
  await makeCertificate(folder, 'daemon', { names: 'DNS:daemon', signedBy: 'ca' });
  const read = (name: string): Promise<string> => readFile(`${folder}/${name}`, 'utf8');
  const tls = {
    ca: await read('ca.pem'),
    cert: await read('engine.pem'),
    key: await read('engine.key'),
  };
  const mine = kept('a1', { 'plumbline.agent': 'banking' });
  const other = kept('a2', { 'plumbline.agent': 'support' });
  const engine = await openDockerEngine({ containers: [mine, other], tls });
  t.after(() => engine.close());
  engine.instead.push({ on: /kill$/, status: 500, times: 1_000_000 });
  const proof = {
    caFile: `${folder}/ca.pem`,
    certFile: `${folder}/daemon.pem`,
    key: `${folder}/daemon.key`,
  };
  const target = { kind: 'docker', host: `tcp://127.0.0.1:${engine.port}`, tls: proof };
  const containers = JSON.stringify({ local: target });
  const home = homeFor(t, { containers, allowNetworks: '127.0.0.0/8' });
  const first = await running(t, home);
  await armBanking(first.client);
  const halted = await post(first.client, 'agents/banking/halt', { reason: 'enough' });
  const halt = text(halted['halt']);
  while (!engine.asked.some((each) => each.endsWith('/kill'))) await pause(10);
  const before = executionOf(await get(first.client, `halts/${halt}`));
  assert.deepEqual([before['executor'], before['state']], ['containers-local', 'running']);
  await first.end('SIGKILL');
  assert.equal(mine.state, 'running');
  engine.instead.length = 0;
  const { client } = await running(t, home);
  let after = executionOf(await get(client, `halts/${halt}`));
  for (let tries = 0; after['state'] === 'running' && tries < 300; tries += 1) {
    await pause(20);
    after = executionOf(await get(client, `halts/${halt}`));
  }
  assert.deepEqual([after['execution'], after['state']], [before['execution'], 'done']);
  assert.deepEqual([mine.state, mine.restart, mine.networks], ['exited', 'no', []]);
  assert.deepEqual([other.state, other.restart], ['running', 'always']);
  mine.state = 'running';
  await post(client, 'agents/banking/halt', { reason: 'it was started again' });
  while (Reflect.get(mine, 'state') === 'running') await pause(10);
  assert.deepEqual(engine.violations, []);
});

function executionOf({ executors }: JsonObject): JsonObject {
  assert.ok(Array.isArray(executors));
  const [execution] = executors.filter(isJsonObject);
  return execution ?? assert.fail('nothing is executed');
}
