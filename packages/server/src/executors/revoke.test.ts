import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { verifies } from '@plumbline/testkit';
import { Provider } from 'oidc-provider';
import { Webhook } from 'standardwebhooks';
import { request } from 'undici';

import type { Revocation } from '../config/revocations.ts';
import { parseNetwork } from '../egress/address.ts';
import { makeEgress } from '../egress/egress.ts';
import { makeReadSecret } from '../notify/read-secret.ts';
import type { Attempt, Executor, Halted } from './executor.ts';
import { revokers } from './revoke.ts';

const HALTED: Halted = {
  halt: 'hlt_1',
  agent: 'support',
  scope: 'agent',
  target: '',
  epoch: 2,
  sessions: null,
};
const NOW = Date.UTC(2026, 0, 2);

async function serve(t: TestContext, listener: http.RequestListener): Promise<string> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  // A server that listens on an address has one.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function filesFor(t: TestContext): (name: string, text: string) => { kind: 'file'; path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-revoke-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return (name, text) => {
    const path = join(folder, name);
    writeFileSync(path, `${text}\n`, { mode: 0o600 });
    return { kind: 'file', path };
  };
}

function revokerFor(t: TestContext, revocation: Revocation): Executor {
  const network = parseNetwork('127.0.0.0/8');
  assert.ok(network !== undefined);
  const egress = makeEgress({ allowed: [network] });
  t.after(() => egress.close());
  const needs = { egress, readSecret: makeReadSecret(null), clock: () => NOW };
  const [executor] = revokers({ idp: revocation }, needs);
  assert.ok(executor !== undefined);
  return executor;
}

async function post(url: string, form: Record<string, string>): Promise<unknown> {
  const { body } = await request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from('agent%2F1:p%26ss+word').toString('base64')}`,
    },
    body: new URLSearchParams(form).toString(),
  });
  return body.json();
}

test('revoking: an OAuth provider takes back the token, and takes it back twice', async (t) => {
  verifies('human.halt-infrastructure');
  let handle: http.RequestListener = () => undefined;
  const issuer = await serve(t, (asked, answer) => handle(asked, answer));
  const client = { client_id: 'agent/1', client_secret: 'p&ss word', redirect_uris: [] };
  const provider = new Provider(issuer, {
    ttl: { ClientCredentials: 600 },
    clients: [{ ...client, grant_types: ['client_credentials'], response_types: [] }],
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: () => true },
      devInteractions: { enabled: false },
    },
  });
  const answerWith = provider.callback();
  handle = (asked, answer) => void answerWith(asked, answer);
  const given = await post(`${issuer}/token`, { grant_type: 'client_credentials' });
  const token = String(Reflect.get(Object(given), 'access_token'));
  const introspect = async (): Promise<unknown> =>
    Reflect.get(Object(await post(`${issuer}/token/introspection`, { token })), 'active');
  assert.equal(await introspect(), true);
  const file = filesFor(t);
  const executor = revokerFor(t, {
    kind: 'oauth',
    url: `${issuer}/token/revocation`,
    agents: ['support'],
    token: file('token', token),
    hint: 'access_token',
    client: { id: 'agent/1', secret: file('secret', 'p&ss word') },
  });
  assert.deepEqual(await executor.execute(HALTED), { state: 'done' });
  assert.equal(await introspect(), false);
  assert.deepEqual(await executor.execute(HALTED), { state: 'done' });
});

test('revoking: what is wrong is not sent again, what is away is', async (t) => {
  verifies('human.halt-infrastructure');
  let status = 503;
  const url = await serve(t, (_, answer) => answer.writeHead(status).end());
  const secret = filesFor(t)('secret', 'abc');
  const executor = revokerFor(t, { kind: 'webhook', url, agents: null, secret });
  assert.deepEqual(await executor.execute(HALTED), { state: 'failed', why: 'it answered 503' });
  status = 401;
  const wrong: Attempt = { state: 'failed', why: 'it answered 401', isFinal: true };
  assert.deepEqual(await executor.execute(HALTED), wrong);
  const gone = revokerFor(t, {
    kind: 'webhook',
    url: 'http://127.0.0.1:1',
    agents: null,
    secret: { kind: 'file', path: '/nowhere' },
  });
  const missing = { state: 'failed', why: '/nowhere: there is no such file' };
  assert.deepEqual(await gone.execute(HALTED), missing);
  assert.equal(executor.name, 'revoke-idp');
  const concerns = (over: Partial<Halted>): boolean => executor.concerns({ ...HALTED, ...over });
  assert.deepEqual(
    [concerns({}), concerns({ scope: 'fleet' }), concerns({ scope: 'tool', target: 'x' })],
    [true, true, false],
  );
});

test('revoking: a webhook is signed, and has one id however often it is sent', async (t) => {
  verifies('human.halt-infrastructure');
  const got: { headers: http.IncomingHttpHeaders; body: string }[] = [];
  const url = await serve(t, (asked, answer) => {
    let body = '';
    asked.on('data', (chunk) => (body += String(chunk)));
    asked.on('end', () => {
      got.push({ headers: asked.headers, body });
      answer.writeHead(204).end();
    });
  });
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const file = filesFor(t)('secret', secret);
  const executor = revokerFor(t, { kind: 'webhook', url, agents: null, secret: file });
  await executor.execute(HALTED);
  await executor.execute(HALTED);
  assert.deepEqual(
    got.map(({ headers }) => headers['webhook-id']),
    ['hlt_1.support.revoke-idp', 'hlt_1.support.revoke-idp'],
  );
  const { headers, body } = got[0] ?? assert.fail('nothing was sent');
  const verifier = new Webhook(secret);
  const signed = {
    'webhook-id': String(headers['webhook-id']),
    'webhook-timestamp': `${Math.floor(Date.now() / 1_000)}`,
    'webhook-signature': '',
  };
  const signature = verifier.sign(signed['webhook-id'], new Date(NOW), body);
  assert.equal(headers['webhook-signature'], signature);
  assert.deepEqual(JSON.parse(body), {
    type: 'plumbline.revoke',
    timestamp: '2026-01-02T00:00:00.000Z',
    data: { halt: 'hlt_1', agent: 'support', scope: 'agent', epoch: 2 },
  });
});
