import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createServer as createHttp, request } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { once } from 'node:events';

import { verifies } from '@plumbline/testkit';

import { parseNetwork } from '../../egress/address.ts';
import { type AllowedHost, isAllowed, parseAllowed } from '../../egress/allow-list.ts';
import { judgeHost, type Reach } from './judge-host.ts';
import { type ConnectionSeen, makeProxy, type Proxy } from './proxy.ts';

const allowed = (...texts: string[]): AllowedHost[] =>
  texts.map((text) => {
    const parsed = parseAllowed(text);
    assert.ok(typeof parsed !== 'string', text);
    return parsed;
  });

test('allow list: names are compared whole, at one port, whatever their case', () => {
  verifies('enforce.supervised');
  const list = allowed(
    'Api.Example.com',
    '*.npmjs.org:443',
    'example.com:8080',
    '[2001:DB8::1]:443',
  );
  const cases: readonly (readonly [string, number, boolean])[] = [
    ['api.example.com', 443, true],
    ['api.example.com', 80, false],
    ['xapi.example.com', 443, false],
    ['api.example.com.evil.org', 443, false],
    ['registry.npmjs.org', 443, true],
    ['a.b.npmjs.org', 443, true],
    ['npmjs.org', 443, false],
    ['evilnpmjs.org', 443, false],
    ['example.com', 8080, true],
    ['2001:db8::1', 443, true],
  ];
  for (const [host, port, isIn] of cases) assert.equal(isAllowed(list, host, port), isIn, host);
});

test('allow list: what is no host is refused with why', () => {
  verifies('enforce.supervised');
  const bad = ['', '*', '*.com', '*.1.2.3.4', 'a b', 'http://x', 'x:0', 'x:99999', 'user@x', 'x/y'];
  for (const text of bad) assert.equal(typeof parseAllowed(text), 'string', text);
});

const reach = (hosts: string[], addresses: string[], networks: string[] = []): Reach => ({
  hosts: allowed(...hosts),
  networks: networks.flatMap((text) => parseNetwork(text) ?? []),
  resolve: () => Promise.resolve(addresses),
});

test('judging a host: metadata, private and spelt addresses are refused', async () => {
  verifies('enforce.supervised');
  const why = async (of: Reach, host: string): Promise<string> => {
    const judged = await judgeHost(of, host, 443);
    return judged.ok ? judged.addresses.join() : judged.why;
  };
  const web = ['x.example.com'];
  assert.equal(await why(reach(web, ['93.184.216.34']), 'x.example.com'), '93.184.216.34');
  assert.equal(await why(reach(web, ['10.0.0.1']), 'x.example.com'), 'not-public');
  assert.equal(await why(reach(web, ['10.0.0.1'], ['10.0.0.0/8']), 'x.example.com'), '10.0.0.1');
  assert.equal(await why(reach(web, ['93.184.216.34', '10.0.0.1']), 'x.example.com'), 'not-public');
  assert.equal(await why(reach(web, []), 'x.example.com'), 'unresolved');
  const everywhere = ['0.0.0.0/0', '::/0'];
  const metadata = ['169.254.169.254', 'fd00:ec2::254', '168.63.129.16', '100.100.100.200'];
  const spelled = ['64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::1', '::169.254.169.254'];
  for (const address of [...metadata, '::ffff:169.254.169.254', ...spelled]) {
    assert.equal(
      await why(reach(web, [address], everywhere), 'x.example.com'),
      'metadata',
      address,
    );
  }
  const nat64 = reach(web, ['64:ff9b::10.0.0.1'], everywhere);
  assert.equal(await why(nat64, 'x.example.com'), 'not-public');
  const spelt = ['127.0.0.1', '127.1', '0x7f000001', '2130706433', '::1', '1.2.3.0x4'];
  for (const host of spelt) assert.equal(await why(reach(web, []), host), 'address', host);
  assert.equal(await why(reach(web, []), 'y.example.com'), 'not-listed');
  assert.equal(
    await why(reach(['169.254.169.254'], [], everywhere), '169.254.169.254'),
    'metadata',
  );
});

async function proxyFor(
  t: TestContext,
  isRecorded = true,
): Promise<{ proxy: Proxy; port: number; far: number; seen: ConnectionSeen[] }> {
  const web = createHttp((asked, answer) => answer.end(`${asked.headers.host} ${asked.url}`));
  const far = await portOf(t, web.listen(0, '127.0.0.1'));
  const seen: ConnectionSeen[] = [];
  const proxy = makeProxy({
    reach: reach([`far.example:${far}`], ['127.0.0.1'], ['127.0.0.0/8']),
    seen: (connection) => {
      seen.push(connection);
      return Promise.resolve(isRecorded);
    },
  });
  t.after(() => proxy.cut());
  const inside = createServer();
  proxy.serve(inside);
  return { proxy, port: await portOf(t, inside.listen(0, '127.0.0.1')), far, seen };
}

async function portOf(t: TestContext, server: Server): Promise<number> {
  t.after(() => server.close());
  await once(server, 'listening');
  // A server that listens on an address has one.
  return (server.address() as AddressInfo).port;
}

async function say(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  let said = '';
  socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
  // What is cut off ends with a reset, which is an end as well.
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('close', resolve));
  return said;
}

test('proxy: a tunnel leads to what the list names, and every attempt is recorded', async (t) => {
  verifies('enforce.supervised');
  const { port, far, seen } = await proxyFor(t);
  const through = await say(
    port,
    `CONNECT far.example:${far} HTTP/1.1\r\n\r\n` +
      'GET /x HTTP/1.1\r\nHost: far.example\r\nConnection: close\r\n\r\n',
  );
  assert.match(through, /^HTTP\/1.1 200 Connection Established/);
  assert.match(through, /far\.example \/x$/m);
  assert.match(await say(port, 'CONNECT other.example:443 HTTP/1.1\r\n\r\n'), /^HTTP\/1.1 403/);
  assert.match(await say(port, 'CONNECT 169.254.169.254:80 HTTP/1.1\r\n\r\n'), /^HTTP\/1.1 403/);
  assert.match(await say(port, 'CONNECT nonsense HTTP/1.1\r\n\r\n'), /^HTTP\/1.1 400/);
  assert.deepEqual(seen, [
    { host: 'far.example', port: far, how: 'connect', verdict: 'allowed', why: null },
    { host: 'other.example', port: 443, how: 'connect', verdict: 'refused', why: 'not-listed' },
    { host: '169.254.169.254', port: 80, how: 'connect', verdict: 'refused', why: 'address' },
  ]);
});

test('proxy: a tunnel whose first bytes are for another host ends', async (t) => {
  verifies('enforce.supervised');
  const { port, far, seen } = await proxyFor(t);
  const said = await say(
    port,
    `CONNECT far.example:${far} HTTP/1.1\r\n\r\n` +
      'GET /x HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n',
  );
  assert.doesNotMatch(said, /\/x/);
  assert.deepEqual(
    seen.map(({ why }) => why),
    [null, 'other-name'],
  );
});

test('proxy: HTTP/2 without TLS ends before anything of it has left', async (t) => {
  verifies('enforce.supervised');
  const { port, far, seen } = await proxyFor(t);
  const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
  const said = await say(port, `CONNECT far.example:${far} HTTP/1.1\r\n\r\n${preface}`);
  assert.equal(said, 'HTTP/1.1 200 Connection Established\r\n\r\n');
  assert.deepEqual(
    seen.map(({ why }) => why),
    [null, 'unseen-name'],
  );
});

test('proxy: a plain request goes to the name that was judged, whatever it says', async (t) => {
  verifies('enforce.supervised');
  const { port, far } = await proxyFor(t);
  const asked = request({
    port,
    host: '127.0.0.1',
    path: `http://far.example:${far}/a?b`,
    headers: { host: 'inner.example' },
  });
  asked.end();
  const [answer] = await once(asked, 'response');
  let body = '';
  for await (const chunk of answer) body += String(chunk);
  assert.equal(body, `far.example:${far} /a?b`);
});

test('proxy: what cannot be recorded is not connected', async (t) => {
  verifies('enforce.supervised', 'enforce.fail-closed');
  const { port, far, proxy } = await proxyFor(t, false);
  assert.match(await say(port, `CONNECT far.example:${far} HTTP/1.1\r\n\r\n`), /^HTTP\/1.1 403/);
  assert.equal(proxy.open(), 0);
});

test('proxy: once it is cut, every connection ends and none begins', async (t) => {
  verifies('enforce.supervised', 'human.halt-infrastructure');
  const { proxy, port, far } = await proxyFor(t);
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`CONNECT far.example:${far} HTTP/1.1\r\n\r\n`);
  await once(socket, 'data');
  assert.equal(proxy.open(), 1);
  const closed = once(socket, 'close');
  proxy.cut();
  await closed;
  assert.equal(await say(port, `CONNECT far.example:${far} HTTP/1.1\r\n\r\n`), '');
  assert.equal(proxy.open(), 0);
});
