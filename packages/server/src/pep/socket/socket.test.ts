import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { ALLOWED } from '../../../testing/fake-api.ts';
import { inFolder } from '../../../testing/folder.ts';
import { type OpenFake, openFake } from '../../../testing/open-fake.ts';
import { FRAME_BOUNDS } from './frame-connection.ts';
import { SocketClient } from './socket-client.ts';

type Scene = { readonly fake: OpenFake; readonly path: string };

function withSocket(
  options: Parameters<typeof openFake>[0],
  run: (scene: Scene) => Promise<void>,
): Promise<void> {
  return inFolder(async (folder) => {
    const path = join(folder, 'daemon.sock');
    const fake = await openFake({ ...options, socket: path });
    try {
      await run({ fake, path });
      assert.deepEqual(fake.bugs, []);
    } finally {
      await fake.close();
    }
  });
}

const ACTION = { agent: 'refunds', session: 's1', request: 'r1', tool: 't', args: {} };

test('socket: HTTP and frames share it, told apart by the first byte', async () => {
  verifies('enforce.every-path');
  await withSocket({}, async ({ fake, path }) => {
    const http = await fake.ask({ path: '/api/v1/agents', socket: path });
    assert.equal(http.status, 200, http.text);
    assert.equal(fake.lines.at(-1)?.caller, 'local');
    const client = await SocketClient.connect(path);
    const decided = await client.ask('decide', ACTION);
    assert.ok(decided.ok);
    assert.equal(decided.value['verdict'], 'allow');
    client.close();
    const page = { path: '/api/v1/agents', socket: path, headers: { origin: 'http://localhost' } };
    assert.equal((await fake.ask(page)).json['code'], 'bad-origin');
  });
});

test('socket: every operation is there, with the members of its route', async () => {
  await withSocket({}, async ({ fake, path }) => {
    const client = await SocketClient.connect(path);
    const { agent, session } = ACTION;
    const outcome = { agent, session, decision: 'd1', status: 'ok' };
    const answers = [
      await client.ask('open', { agent, principal: 'ada' }),
      await client.ask('message', { agent, session, from: 'principal', text: 'hello' }),
      await client.ask('decide', ACTION),
      await client.ask('evaluate', { agent, session, tool: 't', args: {} }),
      await client.ask('redeem', { agent, token: 't1' }),
      await client.ask('outcome', outcome),
      await client.ask('status', { agent }),
      await client.ask('close', { agent, session }),
    ];
    assert.deepEqual(
      answers.map(({ ok }) => ok),
      [true, true, true, true, true, true, true, true],
    );
    const asked = ['openSession', 'message', 'decide', 'evaluate', 'redeem', 'outcome'];
    assert.deepEqual(fake.calls, [...asked, 'closeSession']);
    const wrong = [
      await client.ask('decide', { ...ACTION, tool: 7 }),
      await client.ask('decide', { ...ACTION, agent: 'Refunds' }),
      await client.ask('status', { agent: 'nobody' }),
    ];
    const codes = wrong.map((answer) => (answer.ok ? 'ok' : answer.code));
    assert.deepEqual(codes, ['bad-request', 'bad-request', 'unknown-agent']);
    client.close();
  });
});

test('socket: what the daemon user may be configured to fewer rights', async () => {
  await withSocket({ settings: { localRights: 'enforce' } }, async ({ fake, path }) => {
    const client = await SocketClient.connect(path);
    assert.equal((await client.ask('decide', ACTION)).ok, true);
    assert.equal((await fake.ask({ path: '/api/v1/keys', socket: path })).status, 403);
    client.close();
  });
});

test('socket: answers come as they are ready, each to its own request', async () => {
  const waits: (() => void)[] = [];
  const decide = async ({ request }: { request: string }) => {
    if (request === 'slow') await new Promise<void>((resolve) => waits.push(resolve));
    return { ok: true as const, value: { ...ALLOWED, decision: request } };
  };
  await withSocket({ guard: { decide } }, async ({ path }) => {
    const client = await SocketClient.connect(path);
    const order: unknown[] = [];
    const ask = async (request: string): Promise<void> => {
      const answer = await client.ask('decide', { ...ACTION, request });
      order.push(answer.ok && answer.value['decision']);
    };
    const slow = ask('slow');
    await Promise.all([ask('one'), ask('two')]);
    waits[0]?.();
    await slow;
    assert.deepEqual(order, ['one', 'two', 'slow']);
    client.close();
  });
});

test('socket: no more than the bound is answered at once, and the rest waits', async () => {
  let most = 0;
  let now = 0;
  const decide = async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    return { ok: true as const, value: ALLOWED };
  };
  await withSocket({ guard: { decide } }, async ({ path }) => {
    const client = await SocketClient.connect(path);
    const asked = Array.from({ length: 900 }, () => client.ask('decide', ACTION));
    const answers = await Promise.all(asked);
    assert.equal(answers.filter(({ ok }) => ok).length, 900);
    assert.ok(most > 100 && most <= 256, `${most} at once`);
    client.close();
  });
});

test('socket: who does not read its answers is not read any more', async () => {
  let count = 0;
  const args = { text: 'x'.repeat(100_000) };
  const decide = () => {
    count += 1;
    return Promise.resolve({ ok: true as const, value: { ...ALLOWED, args } });
  };
  await withSocket({ guard: { decide } }, async ({ path }) => {
    const socket = net.connect(path);
    socket.pause();
    const line = `${JSON.stringify({ id: 1, op: 'decide', ...ACTION })}\n`;
    for (let sent = 0; sent < 4000; sent += 1) socket.write(line);
    await settled(() => count);
    const bound = FRAME_BOUNDS.unreadBytes / 100_000 + FRAME_BOUNDS.inFlight + 20;
    assert.ok(count < bound, `${count} were answered`);
    socket.destroy();
  });
});

test('socket: a line that is no frame is answered once, and the connection ends', async () => {
  verifies('enforce.fail-closed');
  const good = JSON.stringify({ id: 1, op: 'status', agent: 'refunds' });
  const lines = [
    '{nonsense',
    '{"id":1}',
    '{"op":"status"}',
    '{"id":-1,"op":"status"}',
    '{"id":1e400,"op":"status"}',
    `{${'"a":{'.repeat(200)}${'}'.repeat(200)}}`,
  ];
  await withSocket({}, async ({ path }) => {
    for (const line of lines) {
      const answers = (await speak(path, `${line}\n${good}\n`)).trim().split('\n');
      assert.equal(answers.length, 1, line);
      assert.match(answers[0] ?? '', /^\{"id":null,"ok":false,"code":"bad-request"/);
    }
    const twice = (await speak(path, `${good}\n[]\n${good}\n`)).trim().split('\n');
    assert.equal(twice.length, 2);
    assert.match(twice.join(), /"id":null/);
    assert.match(twice.join(), /"id":1,"ok":true/);
    const long = await speak(path, `{"id":1,"op":"status","agent":"${'x'.repeat(1_048_576)}`);
    assert.match(long, /^\{"id":null,"ok":false,"code":"bad-request".*1048576 bytes/);
    const unknown = await speak(path, '{"id":4,"op":"constructor","agent":"refunds"}\n');
    assert.match(unknown, /^\{"id":4,"ok":false,"code":"bad-request"/);
  });
});

test('socket: a connection that asks for nothing does not hold up the end', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'daemon.sock');
    const fake = await openFake({ socket: path });
    assert.equal((await fake.ask({ path: '/healthz', socket: path })).status, 200);
    const client = await SocketClient.connect(path);
    assert.equal((await client.ask('status', { agent: 'refunds' })).ok, true);
    const startedAt = performance.now();
    await fake.server.close(120_000);
    assert.ok(performance.now() - startedAt < 60_000);
    assert.equal((await client.ask('status', { agent: 'refunds' })).ok, false);
    await fake.close();
  });
});

test('socket client: a daemon that is gone is unavailable, and so is all that follows', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'daemon.sock');
    const server = net.createServer((socket) => socket.once('data', () => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      const client = await SocketClient.connect(path);
      const large = { ...ACTION, args: { text: 'x'.repeat(1_048_576) } };
      const codes = [];
      for (const action of [large, ACTION, ACTION]) {
        const answer = await client.ask('decide', action);
        codes.push(answer.ok ? 'ok' : answer.code);
      }
      assert.deepEqual(codes, ['too-large', 'unavailable', 'unavailable']);
      await assert.rejects(SocketClient.connect(join(folder, 'nobody.sock')));
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }));

/** Says something and returns what comes back until the other side ends. */
function speak(path: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(path);
    let heard = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      heard += chunk;
    });
    socket.on('error', () => resolve(heard));
    socket.on('close', () => resolve(heard));
    socket.end(text);
  });
}

/** Resolves once a number has stopped rising. */
async function settled(read: () => number): Promise<void> {
  for (let last = -1; last !== read();) {
    last = read();
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** Opens a connection that says something, and resolves with what came back once it ended. */
async function sayAndWait(path: string, said: string): Promise<string> {
  const socket = net.connect(path);
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  socket.write(said);
  await once(socket, 'close');
  return heard;
}

test('socket: a request that does not arrive in time is ended, as over TCP', async () => {
  const patience = { headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 20 };
  await withSocket({ patience }, async ({ path }) => {
    assert.match(await sayAndWait(path, 'GET /healthz HTTP/1.1\r\nHost: lo'), /^HTTP\/1\.1 408 /);
    const type = 'Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{';
    const head = `POST /api/v1/agents HTTP/1.1\r\nHost: localhost\r\n${type}`;
    assert.match(await sayAndWait(path, head), /^HTTP\/1\.1 408 /);
  });
});

test('socket: whoever waits for nothing is no reason to stay', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'daemon.sock');
    const fake = await openFake({ socket: path });
    const status = `${JSON.stringify({ id: 1, op: 'status', agent: 'refunds' })}\n`;
    const get = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const sockets = [];
    for (const said of ['', status, get]) {
      const socket = net.connect({ path, allowHalfOpen: true });
      sockets.push(socket);
      await once(socket, 'connect');
      if (said === '') continue;
      socket.write(said);
      await once(socket, 'data');
    }
    const since = performance.now();
    await fake.server.close(120_000);
    assert.ok(performance.now() - since < 60_000);
    await fake.close();
    for (const socket of sockets) socket.destroy();
  });
});
