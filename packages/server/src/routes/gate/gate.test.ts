import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { type Answered, type Asked, type OpenFake, openFake } from '../../../testing/open-fake.ts';

const DECIDE = '/api/v1/agents/refunds/actions/decide';
const ACTION = { session: 's1', request: 'r1', tool: 't', args: {} };

describe('the gate', () => {
  let fake: OpenFake;
  let auth = '';
  before(async () => {
    fake = await openFake({
      settings: {
        limits: { bodyBytes: 2048, requestsPerMinute: 1_000_000, badKeysPerMinute: 1_000_000 },
      },
    });
    auth = fake.key({ kind: 'agent', agents: ['refunds'] });
  });
  after(() => fake.close());

  const decide = (asked: Partial<Asked> = {}): Promise<Answered> =>
    fake.ask({ method: 'POST', path: DECIDE, auth, body: ACTION, ...asked });
  const codeOf = async (asked: Partial<Asked>): Promise<unknown> =>
    (await decide(asked)).json['code'];

  test('gate: another name than its own is misdirected', async () => {
    verifies('enforce.every-path');
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1:1']) {
      const { status, json } = await decide({ headers: { host } });
      assert.deepEqual([status, json['code']], [421, 'bad-host'], host);
    }
    assert.match(await raw(fake.port, ['GET /healthz HTTP/1.0\r\n\r\n']), /^HTTP\/1\.1 421 /);
    const own = `Host: localhost:${fake.port}\r\n`;
    const twice = `GET /healthz HTTP/1.1\r\n${own}Host: evil.example\r\nConnection: close\r\n\r\n`;
    assert.match(await raw(fake.port, [twice]), /^HTTP\/1\.1 421 /);
    for (const host of [`localhost:${fake.port}`, `LOCALHOST:${fake.port}`]) {
      assert.equal((await decide({ headers: { host } })).status, 200);
    }
  });

  test("gate: another page's origin is refused, its own is not", async () => {
    const own = `http://127.0.0.1:${fake.port}`;
    assert.equal((await decide({ headers: { origin: own } })).status, 200);
    for (const origin of ['null', 'https://evil.example', `https://127.0.0.1:${fake.port}`]) {
      const { status, json } = await decide({ headers: { origin } });
      assert.deepEqual([status, json['code']], [403, 'bad-origin'], origin);
    }
  });

  test('gate: another method is refused with those there are', async () => {
    const { status, headers, json } = await decide({ method: 'PUT' });
    assert.deepEqual([status, json['code'], headers.allow], [405, 'bad-method', 'POST']);
    const keys = await fake.ask({ method: 'PATCH', path: '/api/v1/keys' });
    assert.equal(keys.headers.allow, 'HEAD, GET, POST');
    assert.equal((await fake.ask({ method: 'HEAD', path: '/healthz' })).status, 200);
  });

  test('gate: only JSON in UTF-8 is a body', async () => {
    const types = ['text/plain', 'application/x-www-form-urlencoded', 'application/json5'];
    for (const type of [...types, 'application/json; charset=utf-16', '']) {
      assert.equal(await codeOf({ headers: { 'content-type': type } }), 'bad-media-type', type);
    }
    assert.equal(await codeOf({ headers: { 'content-encoding': 'gzip' } }), 'bad-media-type');
    const type = 'application/json; charset="UTF-8"';
    assert.equal((await decide({ headers: { 'content-type': type } })).status, 200);
  });

  test('gate: a body that is too large is refused before it is read, or while it is', async () => {
    const large = Buffer.from(JSON.stringify({ ...ACTION, args: { text: 'x'.repeat(4096) } }));
    assert.equal(await codeOf({ raw: large }), 'too-large');
    const reply = await raw(fake.port, [
      `POST ${DECIDE} HTTP/1.1\r\nHost: 127.0.0.1:${fake.port}\r\nAuthorization: ${auth}\r\n`,
      'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
      ...Array.from({ length: 8 }, () => `400\r\n${'x'.repeat(1024)}\r\n`),
    ]);
    assert.match(reply, /^HTTP\/1\.1 413 /);
    assert.match(reply, /connection: close/i);
  });

  test('gate: without a key, and with one that is not good, nothing is told apart', async () => {
    const none = await fake.ask({ method: 'POST', path: DECIDE, body: ACTION });
    assert.deepEqual([none.status, none.json['code']], [401, 'no-key']);
    assert.equal(none.headers['www-authenticate'], 'Bearer');
    const bad = [
      'Basic YTpi',
      'Bearer',
      `Bearer plk_${'0'.repeat(16)}_${'0'.repeat(64)}`,
      `${auth.slice(0, -1)}${auth.endsWith('0') ? '1' : '0'}`,
      `${auth}0`,
      fake.key({ kind: 'agent', agents: ['refunds'], revokedAt: 5 }),
      fake.key({ kind: 'agent', agents: ['refunds'], expiresAt: 1_700_000_000_000 }),
    ];
    const told = new Set<string>();
    for (const each of bad) {
      const said = await decide({ auth: each });
      told.add(said.text);
      assert.equal(said.headers['www-authenticate'], 'Bearer error="invalid_token"');
    }
    assert.equal(told.size, 1);
    assert.match([...told].join(''), /"code":"bad-key"/);
  });

  test('gate: what is missing and what is not spelt like a name is not found', async () => {
    const reader = fake.key({ roles: ['admin'] });
    const codes = async (path: string): Promise<unknown> =>
      (await fake.ask({ path, auth: reader })).json['code'];
    assert.equal(await codes('/nowhere'), 'not-found');
    assert.equal(await codes('/api/v1/agents/Refunds'), 'unknown-agent');
    assert.equal(await codes('/api/v1/agents/%2e%2e'), 'unknown-agent');
    assert.equal(await codes('/api/v1/agents/%zz'), 'unknown-agent');
    assert.equal(await codes('/api/v1/agents/nobody'), 'unknown-agent');
    assert.equal(await codes('/api/v1/agents/nobody/sessions'), 'unknown-agent');
    assert.equal(await codes('/api/v1/decisions/a%2Fb'), 'unknown-decision');
    assert.equal(await codes('/api/v1/log/entries/-1'), 'not-found');
    assert.equal(await codes('/api/v1/log/entries/1e3'), 'not-found');
    const digest = encodeURIComponent(`sha256:${'ab'.repeat(32)}`);
    assert.equal(await codes(`/api/v1/agents/refunds/pacts/${digest}`), undefined);
  });

  test('gate: a query is held to what the route takes', async () => {
    const reader = fake.key({ roles: ['viewer'] });
    const at = async (query: string): Promise<unknown> =>
      (await fake.ask({ path: `/api/v1/agents/refunds/decisions${query}`, auth: reader })).json[
        'at'
      ];
    assert.equal(await at('?limit=1000&unfinished=true&verdict=deny'), undefined);
    assert.equal(await at('?limit=1001'), 'limit');
    assert.equal(await at('?limit=ten'), 'limit');
    assert.equal(await at('?verdict=maybe'), 'verdict');
    assert.equal(await at('?secret=1'), 'secret');
    assert.equal((await fake.ask({ path: '/healthz?x=1' })).status, 400);
  });

  test('gate: what is not HTTP is answered in HTTP, and the connection ends', async () => {
    assert.match(await raw(fake.port, ['nonsense\r\n\r\n']), /^HTTP\/1\.1 400 /);
    const long = `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`;
    assert.match(await raw(fake.port, [long]), /^HTTP\/1\.1 431 /);
  });

  test('gate: the id of a request comes back', async () => {
    const { headers } = await decide({ headers: { 'x-request-id': 'abc-1' } });
    assert.equal(headers['x-request-id'], 'abc-1');
    const refused = await decide({ auth: 'Bearer x', headers: { 'x-request-id': 'abc-2' } });
    assert.equal(refused.headers['x-request-id'], 'abc-2');
  });
});

test('gate: wrong keys are limited by address, and a right one passes all the same', async () => {
  const limits = { bodyBytes: 2048, requestsPerMinute: 5, badKeysPerMinute: 3 };
  const fake = await openFake({ settings: { limits } });
  try {
    const path = '/api/v1/agents';
    const guess = () => fake.ask({ path, auth: 'Bearer plk_wrong' });
    const statuses = [];
    for (let tries = 0; tries < 5; tries += 1) statuses.push((await guess()).status);
    assert.deepEqual(statuses, [401, 401, 401, 429, 429]);
    assert.equal(Number((await guess()).headers['retry-after']) >= 1, true);
    const auth = fake.key({ roles: ['viewer'] });
    const own = [];
    for (let tries = 0; tries < 7; tries += 1) own.push((await fake.ask({ path, auth })).status);
    assert.deepEqual(own, [200, 200, 200, 200, 200, 429, 429]);
    const another = fake.key({ roles: ['viewer'] });
    assert.equal((await fake.ask({ path, auth: another })).status, 200);
    assert.equal(fake.refused.filter((what) => what === 'bad-key').length, 6);
    assert.equal(fake.refused.filter((what) => what === 'rate-limited').length, 2);
  } finally {
    await fake.close();
  }
});

test('gate: who sends a request drop by drop is cut off', async () => {
  const patience = { headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 20 };
  const fake = await openFake({ patience });
  try {
    const reply = await raw(fake.port, ['GET /healthz HTTP/1.1\r\nHost: x\r\n']);
    assert.match(reply, /^HTTP\/1\.1 408 /);
  } finally {
    await fake.close();
  }
});

/** Sends bytes as they are and returns everything that comes back until the end. */
function raw(port: number, parts: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
    for (const part of parts) socket.write(part);
  });
}
