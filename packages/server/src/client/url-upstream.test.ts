import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { test, type TestContext } from 'node:test';

import { until, verifies } from '@plumbline/testkit';

import type { ServerKeys } from '../broker/server-keys.ts';
import { injectSecret } from '../broker/inject.ts';
import type { Upstream } from '../pep/mcp/upstream.ts';
import { urlUpstream } from './url-upstream.ts';

const SECRET = 'hush-0123456789';

type Echo = {
  readonly upstream: Upstream;
  readonly heard: IncomingMessage[];
  readonly said: () => string;
};

/** A server that answers with everything it was sent, and what comes of it. */
async function echo(t: TestContext, keys: (url: string) => ServerKeys): Promise<Echo> {
  const heard: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    heard.push(request);
    request.resume().on('end', () => {
      const { headers, url } = request;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { headers, url } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const url = `http://127.0.0.1:${address.port}/mcp`;
  const lines: string[] = [];
  const open = urlUpstream({ url, messageBytes: 65_536, keys: keys(url) });
  const upstream = open({
    line: (bytes) => void lines.push(bytes.toString('utf8')),
    tooLong: () => assert.fail('too long'),
    gone: () => assert.fail('gone'),
    waitsFor: () => true,
    lost: () => undefined,
  });
  t.after(async () => {
    await upstream.close();
    server.close();
  });
  return { upstream, heard, said: () => lines.join('\n') };
}

const CALL = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a"}}');
const WRITE = { access: 'write', decision: 'dec_1' } as const;

test('url upstream: a secret goes out with the call, and never comes back', async (t) => {
  verifies('authority.credentials');
  for (const inject of [{ kind: 'bearer' }, { kind: 'query', name: 'key' }] as const) {
    const asked: unknown[] = [];
    const { upstream, heard, said } = await echo(t, (url) => ({
      prepare: () => Promise.resolve(null),
      take: (use) => {
        asked.push(use);
        return { ok: true, value: injectSecret(new URL(url), inject, SECRET) };
      },
    }));
    upstream.send(CALL, {}, WRITE);
    assert.deepEqual(asked, [WRITE]);
    await until(() => said() !== '');
    const { headers, url } = heard[0] ?? assert.fail();
    assert.ok(`${headers.authorization} ${url}`.includes(SECRET));
    assert.ok(!said().includes(SECRET), said());
    assert.ok(said().includes('[credential]'));
  }
});

test('url upstream: without its credential a call is not sent, and told why', async (t) => {
  verifies('authority.credentials', 'enforce.fail-closed');
  const { upstream, heard, said } = await echo(t, () => ({
    prepare: () => Promise.resolve('there is none'),
    take: () => ({ ok: false, message: 'it was dropped' }),
  }));
  upstream.send(CALL, {}, WRITE);
  upstream.send(Buffer.from('{"jsonrpc":"2.0","id":2,"method":"tools/list"}'));
  await until(() => said().split('\n').length === 2);
  assert.match(said(), /"id":1,"error":\{"code":-32603,"message":"it was dropped"/);
  assert.match(said(), /"id":2,"error":\{"code":-32603,"message":"there is none"/);
  assert.equal(heard.length, 0);
});
