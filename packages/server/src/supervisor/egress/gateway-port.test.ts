import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttp, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import { request } from 'undici';

import { makeGatewayPort } from './gateway-port.ts';

test('gateway port: one path, in one session, and nothing else of the daemon', async (t) => {
  verifies('enforce.supervised');
  const folder = mkdtempSync(join(tmpdir(), 'plumb-port-'));
  const socket = join(folder, 's');
  const reached: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  const daemon = createHttp(({ url, headers }, answer) => {
    reached.push({ url, headers });
    answer.end('{}');
  });
  daemon.listen(socket);
  await once(daemon, 'listening');
  const inside = createServer().listen(0, '127.0.0.1');
  await once(inside, 'listening');
  const refused: string[] = [];
  const gateway = makeGatewayPort({
    socket,
    agent: 'support',
    session: 'ses_1',
    refused: (path) => refused.push(path),
  });
  gateway.serve(inside);
  t.after(() => {
    gateway.cut();
    inside.close();
    daemon.close();
    rmSync(folder, { recursive: true, force: true });
  });
  // A server that listens on an address has one.
  const base = `http://127.0.0.1:${(inside.address() as AddressInfo).port}`;
  const headers = {
    authorization: 'Bearer plk_1',
    'plumbline-session': 'ses_other',
    'mcp-session-id': 'm1',
    'content-type': 'application/json',
  };
  const sent = await request(`${base}/mcp/support`, { method: 'POST', headers, body: '{}' });
  assert.equal(await sent.body.text(), '{}');
  assert.equal(reached.length, 1);
  const seen = reached[0]?.headers ?? {};
  assert.deepEqual(
    [seen['plumbline-session'], seen.authorization, seen['mcp-session-id'], seen.host],
    ['ses_1', undefined, 'm1', 'localhost'],
  );
  assert.deepEqual(refused, []);
  const others = [
    '/mcp/other',
    '/mcp/support/',
    '/mcp/support?x',
    '/api/v1/agents',
    '/mcp/%73upport',
  ];
  for (const path of others) {
    const { statusCode, body } = await request(`${base}${path}`);
    await body.dump();
    assert.equal(statusCode, 403, path);
  }
  const put = await request(`${base}/mcp/support`, { method: 'PUT' });
  await put.body.dump();
  assert.equal(put.statusCode, 403);
  assert.equal(reached.length, 1);
  gateway.cut();
  await assert.rejects(request(`${base}/mcp/support`));
});
