import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { createServer } from 'node:net';
import { test, type TestContext } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { nameIn } from './hello-name.ts';
import { nameGate, OtherName, UnseenName } from './name-gate.ts';

/** The first bytes of a real client. */
async function helloFor(t: TestContext, servername: string): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const at = server.address();
  const port = typeof at === 'object' && at !== null ? at.port : 0;
  const asked = once(server, 'connection');
  const client = connectTls({ host: '127.0.0.1', port, servername });
  client.on('error', () => undefined);
  const [socket] = await asked;
  const [bytes]: unknown[] = await once(Object(socket), 'data');
  Object(socket).destroy();
  client.destroy();
  assert.ok(Buffer.isBuffer(bytes));
  return bytes;
}

test('first bytes: TLS is for its server name, however it is cut', async (t) => {
  verifies('enforce.supervised');
  const hello = await helloFor(t, 'api.example.com');
  assert.deepEqual(nameIn(hello), { kind: 'named', name: 'api.example.com' });
  assert.deepEqual(nameIn(await helloFor(t, '')), { kind: 'none' });
  for (let at = 1; at < hello.length; at += 7) {
    assert.deepEqual(nameIn(hello.subarray(0, at)), { kind: 'more' }, `${at}`);
  }
  // The same in records of a few bytes each.
  const parts: Buffer[] = [];
  for (let at = 5; at < hello.length; at += 40) {
    const part = hello.subarray(at, at + 40);
    parts.push(Buffer.from([0x16, 3, 1, 0, part.length]), part);
  }
  assert.deepEqual(nameIn(Buffer.concat(parts)), { kind: 'named', name: 'api.example.com' });
});

test('first bytes: plain HTTP is for its host, and what is neither is for nobody', () => {
  verifies('enforce.supervised');
  const named = (text: string) => nameIn(Buffer.from(text));
  assert.deepEqual(named('GET / HTTP/1.1\r\nhOsT:  evil.example:80 \r\n\r\n'), {
    kind: 'named',
    name: 'evil.example',
  });
  const two = named('GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n');
  assert.deepEqual(two, { kind: 'named', name: 'a.example b.example' });
  assert.deepEqual(named('GET / HTTP/1.1\r\nHost: a.exa'), { kind: 'more' });
  assert.deepEqual(named('EHLO me.example\r\n'), { kind: 'none' });
  assert.deepEqual(named('SSH-2.0-OpenSSH_9.2\r\n'), { kind: 'none' });
  assert.deepEqual(named('\u0016\u0003\u0001\u0000\u0004\u0002xxx'), { kind: 'none' });
});

test('first bytes: HTTP/2 without TLS is for many, and gets nowhere', async () => {
  verifies('enforce.supervised');
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0', 'latin1');
  for (let at = 1; at < 16; at += 1) {
    assert.deepEqual(nameIn(preface.subarray(0, at)), { kind: 'more' }, `${at}`);
  }
  assert.deepEqual(nameIn(preface), { kind: 'many' });
  const upgrade = 'GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\n';
  const later = (line: string): unknown => nameIn(Buffer.from(`${upgrade}${line}\r\n\r\n`));
  assert.deepEqual(later('Upgrade: h2c'), { kind: 'many' });
  assert.deepEqual(later('upgrade :\r\n foo,\tH2C'), { kind: 'many' });
  assert.deepEqual(later('Upgrade: websocket'), { kind: 'named', name: 'a.example' });
  const gate = nameGate('a.example');
  const ended = once(gate, 'error');
  gate.write(preface);
  assert.ok((await ended)[0] instanceof UnseenName);
  const address = nameGate('192.0.2.1');
  address.end(preface);
  assert.equal((await once(address, 'data'))[0].length, preface.length);
});

test('first bytes: nothing of what is for another host gets through', async (t) => {
  verifies('enforce.supervised');
  const hello = await helloFor(t, 'Api.Example.com');
  const through = async (host: string, ...chunks: Buffer[]): Promise<string> => {
    const gate = nameGate(host);
    for (const chunk of chunks) gate.write(chunk);
    gate.end();
    const parts: Buffer[] = [];
    for await (const part of gate) parts.push(Buffer.from(part));
    return Buffer.concat(parts).toString('latin1');
  };
  const whole = hello.toString('latin1');
  assert.equal(await through('api.example.com', hello, Buffer.from('x')), `${whole}x`);
  const halves = [hello.subarray(0, 100), hello.subarray(100)];
  assert.equal(await through('api.example.com', ...halves), whole);
  await assert.rejects(through('other.example', ...halves), OtherName);
  assert.equal(await through('192.0.2.1', hello), whole);
  assert.equal(await through('other.example', Buffer.from('SSH-2.0-x\r\n')), 'SSH-2.0-x\r\n');
});

test('greetings: whatever a server that is not strict would read as another host names it', () => {
  const name = (text: string): unknown => nameIn(Buffer.from(text, 'latin1'));
  const other = { kind: 'named', name: 'other.example' };
  assert.deepEqual(name('\r\nGET / HTTP/1.1\r\nHost: other.example\r\n\r\n'), other);
  assert.deepEqual(name('GET / HTTP/1.1\nHost: other.example\n\n'), other);
  assert.deepEqual(name('get  / HTTP/1.1 \r\nHost: other.example:80\r\n\r\n'), other);
  assert.deepEqual(name('GET http://other.example/ HTTP/1.1\r\nHost: own.example\r\n\r\n'), {
    kind: 'named',
    name: 'own.example other.example',
  });
  const long = `GET / HTTP/1.1\r\nHost: other.example\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`;
  assert.deepEqual(name(long), { kind: 'named', name: '' });
});
