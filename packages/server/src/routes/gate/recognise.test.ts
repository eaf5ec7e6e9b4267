import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { openFake } from '../../../testing/open-fake.ts';
import type { Identity } from '../../identity/identity.ts';
import type { TokenFault } from '../../identity/token-fault.ts';
import type { Caller } from '../caller.ts';

const TOKEN = 'aaaa.bbbb.cccc';

const PERSON: Caller = {
  id: 'oidc_0123456789abcdef',
  kind: 'person',
  roles: ['viewer'],
  scopes: [],
  agents: null,
  person: { id: 'ada@example.com', email: 'ada@example.com', groups: [] },
  mechanism: 'oidc',
};

function identityOf(answer: Caller | TokenFault): Identity {
  const checked =
    'roles' in answer
      ? { ok: true as const, value: answer }
      : { ok: false as const, fault: answer };
  return {
    recent: () => undefined,
    callerOf: (token) => {
      assert.equal(token, TOKEN);
      return Promise.resolve(checked);
    },
    namesBehind: () => [],
    workloadOf: () => ({ ok: true, value: null }),
    principalOf: () => Promise.reject(new Error('not asked')),
  };
}

test('gate: a token that was taken has the rights of whom it speaks for', async () => {
  verifies('authority.verified');
  const fake = await openFake({ services: { identity: identityOf(PERSON) } });
  const auth = `Bearer ${TOKEN}`;
  assert.equal((await fake.ask({ path: '/api/v1/agents', auth })).status, 200);
  const body = { agent: 'more' };
  const added = await fake.ask({ method: 'POST', path: '/api/v1/agents', auth, body });
  assert.equal(added.json['code'], 'forbidden');
  await fake.close();
});

test('gate: a person without a mapped role is let in nowhere', async () => {
  verifies('authority.verified');
  const fake = await openFake({ services: { identity: identityOf({ ...PERSON, roles: [] }) } });
  const auth = `Bearer ${TOKEN}`;
  assert.equal((await fake.ask({ path: '/api/v1/agents', auth })).status, 403);
  await fake.close();
});

test('gate: of a bad token the caller learns one thing, the log which check failed', async () => {
  verifies('authority.verified');
  const fault: TokenFault = { kind: 'bad', check: 'audience', message: 'for another' };
  const fake = await openFake({ services: { identity: identityOf(fault) } });
  const { status, json } = await fake.ask({ path: '/api/v1/agents', auth: `Bearer ${TOKEN}` });
  assert.equal(status, 401);
  assert.deepEqual(json, {
    type: 'urn:plumbline:problem:bad-token',
    title: 'The token or certificate is not good',
    status: 401,
    detail: "the token is not taken; the daemon's log says which check failed",
    code: 'bad-token',
  });
  const [line] = fake.lines;
  assert.deepEqual([line?.check, line?.why], ['audience', 'for another']);
  assert.equal(JSON.stringify(fake.lines).includes(TOKEN), false);
  assert.deepEqual(fake.refused, ['bad-token']);
  await fake.close();
});

test('gate: while keys cannot be had nobody is let in, and nobody is blamed', async () => {
  verifies('authority.verified', 'enforce.fail-closed');
  const fault: TokenFault = { kind: 'unavailable', message: 'down' };
  const fake = await openFake({ services: { identity: identityOf(fault) } });
  const { status, json } = await fake.ask({ path: '/api/v1/agents', auth: `Bearer ${TOKEN}` });
  assert.deepEqual([status, json['code']], [503, 'unavailable']);
  assert.deepEqual(fake.refused, []);
  await fake.close();
});

test('gate: bad tokens are limited as bad keys are', async () => {
  verifies('authority.verified');
  const fault: TokenFault = { kind: 'bad', check: 'signature', message: '' };
  const limits = { bodyBytes: 65_536, requestsPerMinute: 1_000, badKeysPerMinute: 2 };
  const services = { identity: identityOf(fault) };
  const fake = await openFake({ settings: { limits }, services });
  const status = async () =>
    (await fake.ask({ path: '/api/v1/agents', auth: `Bearer ${TOKEN}` })).status;
  assert.deepEqual([await status(), await status(), await status()], [401, 401, 429]);
  const auth = fake.key({ roles: ['viewer'] });
  assert.equal((await fake.ask({ path: '/api/v1/agents', auth })).status, 200);
  await fake.close();
});
