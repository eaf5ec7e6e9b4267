import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { isJsonObject, type JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { armBanking, get, homeFor, post, running, text } from '../../testing/ask-daemon.ts';
import { makeHome } from '../../testing/daemon-program.ts';

test('revoking: what a crash interrupted is asked for again, under the same id', async (t) => {
  verifies('human.halt-infrastructure');
  const ids: string[] = [];
  let isUp = false;
  const server = http.createServer((asked, answer) => {
    ids.push(String(asked.headers['webhook-id']));
    answer.writeHead(isUp ? 204 : 503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  // A server that listens on an address has one.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const secrets = makeHome();
  t.after(() => secrets.remove());
  const secret = join(secrets.folder, 'secret');
  writeFileSync(secret, 'a secret', { mode: 0o600 });
  const revocations = JSON.stringify({ ours: { kind: 'webhook', url, secret } });
  const home = homeFor(t, { revocations, allowNetworks: '127.0.0.0/8' });
  const first = await running(t, home);
  await armBanking(first.client);
  const halted = await post(first.client, 'agents/banking/halt', { reason: 'enough' });
  const halt = text(halted['halt']);
  while (ids.length === 0) await pause(10);
  const before = executionOf(await get(first.client, `halts/${halt}`));
  assert.deepEqual([before['executor'], before['state']], ['revoke-ours', 'running']);
  await first.end('SIGKILL');
  isUp = true;
  const { client } = await running(t, home);
  let after = executionOf(await get(client, `halts/${halt}`));
  for (let tries = 0; after['state'] === 'running' && tries < 200; tries += 1) {
    await pause(20);
    after = executionOf(await get(client, `halts/${halt}`));
  }
  assert.deepEqual([after['execution'], after['state']], [before['execution'], 'done']);
  assert.deepEqual([...new Set(ids)], [`${halt}.banking.revoke-ours`]);
});

function executionOf({ executors }: JsonObject): JsonObject {
  assert.ok(Array.isArray(executors));
  const [execution] = executors.filter(isJsonObject);
  return execution ?? assert.fail('nothing is executed');
}
