import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';

import { type FakeOptions } from '../../../testing/fake-api.ts';
import { type OpenFake, openFake } from '../../../testing/open-fake.ts';

async function withFake(options: FakeOptions, run: (fake: OpenFake) => Promise<void>) {
  const fake = await openFake(options);
  try {
    await run(fake);
  } finally {
    await fake.close();
  }
}

test('log: its files are served as they are, to everybody unless configured', async () => {
  await withFake({}, async (fake) => {
    const { status, text, headers } = await fake.ask({ path: '/log/checkpoint' });
    assert.deepEqual([status, text], [200, 'ledger.example\n2\n']);
    assert.equal(headers['cache-control'], 'public, max-age=60');
    const tile = await fake.ask({ path: '/log/tile/0/000' });
    assert.equal(tile.headers['cache-control'], 'public, max-age=60, immutable');
    assert.equal(tile.headers['x-content-type-options'], 'nosniff');
  });
  await withFake({ settings: { isLogOpen: false } }, async (fake) => {
    assert.equal((await fake.ask({ path: '/log/checkpoint' })).status, 401);
    const agent = fake.key({ kind: 'agent', agents: ['refunds'] });
    assert.equal((await fake.ask({ path: '/log/checkpoint', auth: agent })).status, 403);
    const auth = fake.key({ roles: ['viewer'] });
    const { status, headers } = await fake.ask({ path: '/log/checkpoint', auth });
    assert.deepEqual([status, headers['cache-control']], [200, 'private, max-age=60']);
  });
});

test('log: who asks for files and reads none has only some of them held', async () => {
  let reads = 0;
  const bytes = Buffer.alloc(16_000_000);
  const file = { mediaType: 'application/octet-stream', cacheSeconds: 1, isImmutable: false };
  const staticFile = () => {
    reads += 1;
    return Promise.resolve({ ...file, path: 'log/tile/0/000', bytes });
  };
  await withFake({ staticFile }, async (fake) => {
    const sockets = await Promise.all(Array.from({ length: 8 }, () => askMany(fake.port, 15)));
    await waitFor(() => reads >= 64);
    const { status, json } = await fake.ask({ path: '/log/tile/0/000' });
    assert.deepEqual([status, json['code'], reads], [503, 'overloaded', 64]);
    assert.equal((await fake.ask({ path: '/healthz' })).status, 200);
    for (const socket of sockets) socket.destroy();
    await waitFor(async () => (await fake.ask({ path: '/log/tile/0/000' })).status === 200);
    const greedy = await askMany(fake.port, 200);
    await once(greedy, 'close');
  });
});

/** Asks for the same file again and again on one connection, and reads nothing. */
async function askMany(port: number, count: number): Promise<net.Socket> {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  if (count > 100) socket.resume();
  else socket.pause();
  socket.write(`GET /log/tile/0/000 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`.repeat(count));
  return socket;
}

async function waitFor(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('log: no spelling of a path leads out of it', async () => {
  const asked: string[] = [];
  const staticFile = (path: string): Promise<undefined> => {
    asked.push(path);
    return Promise.resolve(undefined);
  };
  const tricks = [
    '../vault.db',
    'tile/../../vault.db',
    './checkpoint',
    'tile/./0',
    'tile//0',
    '/etc/passwd',
    '%2e%2e/vault.db',
    '%2e%2e%2fvault.db',
    '..%2fvault.db',
    '%252e%252e%252fvault.db',
    '..%5cvault.db',
    '..\\vault.db',
    'tile\\..\\..\\vault.db',
    'checkpoint%00.txt',
    'checkpoint%20',
    'check point',
    '%c0%ae%c0%ae/vault.db',
    '..;/vault.db',
    'checkpoint;x=1',
    'C:/windows/win.ini',
    'tile/0/..',
    '.',
    '..',
    'tile/0/000/',
    'a/'.repeat(400),
    'a'.repeat(8000),
  ];
  await withFake({ staticFile }, async (fake) => {
    for (const trick of tricks) {
      const reply = await raw(fake.port, `/log/${trick}`);
      assert.match(reply, /^HTTP\/1\.1 (404|400) /, trick);
      assert.match(reply, /application\/problem\+json/, trick);
    }
    assert.deepEqual(asked, []);
    for (const whole of [
      '//log/checkpoint',
      '/log/',
      '/log',
      '/LOG/checkpoint',
      'log/checkpoint',
    ]) {
      assert.match(await raw(fake.port, whole), /^HTTP\/1\.1 (404|400) /, whole);
    }
    assert.match(await raw(fake.port, 'http://evil.example/log/checkpoint'), /^HTTP\/1\.1 404 /);
    assert.deepEqual(asked, []);
    assert.match(await raw(fake.port, '/log/tile/0/x001/067.p/3'), /^HTTP\/1\.1 404 /);
    assert.deepEqual(asked, ['tile/0/x001/067.p/3']);
  });
});

test('log: an entry is answered byte by byte, a proof as text', async () => {
  await withFake({}, async (fake) => {
    const auth = fake.key({ roles: ['viewer'] });
    const entry = await fake.ask({ path: '/api/v1/log/entries/0', auth });
    assert.deepEqual(
      [entry.text, entry.headers['content-type']],
      ['{"v":1}', 'application/octet-stream'],
    );
    const proof = await fake.ask({ path: '/api/v1/log/entries/0/proof', auth });
    assert.equal(proof.headers['content-type'], 'text/plain; charset=utf-8');
  });
});

/** Asks for a target that no client would spell, and returns the whole answer. */
function raw(port: number, target: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
    socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
  });
}
