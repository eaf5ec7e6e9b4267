import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { Caller } from '../routes/caller.ts';
import type { Credential } from '../store/vault.ts';
import { openCredentials } from './credentials.ts';
import { refused, served } from './served.ts';
import type { CredentialRequest, Credentials, Served } from './services.ts';
import type { OpenEntry } from './write-entry.ts';

const admin: Caller = {
  id: 'someone',
  kind: 'person',
  roles: ['admin'],
  scopes: [],
  agents: null,
  person: null,
};

const asked: CredentialRequest = {
  name: 'orders, reading',
  url: 'https://orders.example/api',
  access: 'read',
  inject: { kind: 'bearer' },
  agents: ['a'],
  paths: [],
  methods: [],
  expiresAt: null,
};

const SECRET = 'hush-hush-12345';

type Scene = {
  readonly credentials: Credentials;
  readonly written: OpenEntry[];
  readonly kept: Map<string, Credential>;
  readonly secrets: Map<string, string>;
  readonly forgotten: string[];
  readonly clock: { now: number };
  readonly stop: () => void;
};

async function scene(): Promise<Scene> {
  const written: OpenEntry[] = [];
  const kept = new Map<string, Credential>();
  const secrets = new Map<string, string>();
  const forgotten: string[] = [];
  const clock = { now: 1_000_000 };
  let isStopped = false;
  const put = (credential: Credential, secret: Uint8Array | null | undefined): Promise<boolean> => {
    kept.set(credential.id, credential);
    if (secret === null) secrets.delete(credential.id);
    else if (secret !== undefined) secrets.set(credential.id, Buffer.from(secret).toString());
    return Promise.resolve(true);
  };
  const credentials = await openCredentials({
    clock: () => clock.now,
    hasAgent: (agent) => agent === 'a',
    write: (entry) => {
      if (isStopped) return Promise.resolve(refused('unavailable', 'the log stopped'));
      written.push(entry);
      return Promise.resolve(served({ index: written.length - 1, at: clock.now }));
    },
    vault: {
      credentials: () => Promise.resolve([...kept.values()]),
      addCredential: async (credential, secret) => void (await put(credential, secret)),
      putCredential: put,
    },
    forget: (id) => forgotten.push(id),
    failed: (cause) => assert.fail(String(cause)),
  });
  const stop = (): void => void (isStopped = true);
  return { credentials, written, kept, secrets, forgotten, clock, stop };
}

const codeOf = (said: Served<unknown>): string => (said.ok ? 'done' : said.error.code);

function idOf(said: Served<Credential>): string {
  assert.ok(said.ok, said.ok ? '' : said.error.message);
  return said.value.id;
}

test('credentials: what is recorded and shown holds no secret', async () => {
  verifies('authority.credentials');
  const { credentials, written, secrets } = await scene();
  const id = idOf(await credentials.add(asked, SECRET, admin));
  assert.equal(secrets.get(id), SECRET);
  assert.deepEqual(written, [
    {
      kind: 'credential_added',
      agent: null,
      open: {
        credential: id,
        name: 'orders, reading',
        url: 'https://orders.example/api',
        access: 'read',
        inject: { kind: 'bearer' },
        agents: ['a'],
        paths: [],
        methods: [],
        version: 1,
        expiresAt: null,
        by: 'someone',
      },
    },
  ]);
  assert.equal(JSON.stringify(credentials.list()).includes('hush'), false);
});

test('credentials: a rotation replaces the secret, a revocation destroys it', async () => {
  verifies('authority.credentials');
  const { credentials, written, secrets, forgotten, kept } = await scene();
  const id = idOf(await credentials.add(asked, SECRET, admin));
  const rotated = await credentials.rotate(id, 'another-secret', admin);
  assert.equal(rotated.ok && rotated.value.version, 2);
  assert.equal(secrets.get(id), 'another-secret');
  assert.ok(forgotten.includes(id));
  assert.equal(codeOf(await credentials.revoke(id, admin)), 'done');
  assert.equal(secrets.has(id), false);
  assert.equal(kept.get(id)?.revokedAt, 1_000_000);
  assert.equal(codeOf(await credentials.rotate(id, SECRET, admin)), 'conflict');
  assert.equal(codeOf(await credentials.revoke('crd_0', admin)), 'not-found');
  assert.deepEqual(
    written.map(({ kind, open }) => [kind, open['version']]),
    [
      ['credential_added', 1],
      ['credential_rotated', 2],
      ['credential_revoked', 2],
    ],
  );
});

test('credentials: what the log does not take is not kept, but a revocation counts', async () => {
  verifies('evidence.before-effect');
  const { credentials, secrets, kept, stop } = await scene();
  const id = idOf(await credentials.add(asked, SECRET, admin));
  stop();
  assert.equal(codeOf(await credentials.add(asked, SECRET, admin)), 'unavailable');
  assert.equal(kept.size, 1);
  assert.equal(codeOf(await credentials.revoke(id, admin)), 'unavailable');
  assert.equal(secrets.has(id), false);
  assert.equal(credentials.list()[0]?.revokedAt, 1_000_000);
});

test('credentials: what cannot be is refused, and no message repeats a secret', async () => {
  verifies('authority.credentials');
  const { credentials, written } = await scene();
  const wrong: readonly (readonly [string, Partial<CredentialRequest>, string?])[] = [
    ['url', { url: 'orders.example' }],
    ['url', { url: 'ftp://orders.example' }],
    ['url', { url: 'https://ada:pw@orders.example' }],
    ['url', { url: 'https://orders.example/?key=1' }],
    ['url', { url: 'http://orders.example/' }],
    ['methods', { methods: ['GET', 'POST'] }],
    ['paths', { paths: ['orders'] }],
    ['paths', { paths: ['/orders/../admin'] }],
    ['paths', { paths: ['/orders?x'] }],
    ['name', { name: 'a\nb' }],
    ['expiresAt', { expiresAt: 999_999 }],
    ['inject', { inject: { kind: 'header', name: 'Host' } }],
    ['inject', { inject: { kind: 'header', name: 'X-HTTP-Method-Override' } }],
    ['inject', { inject: { kind: 'header', name: 'a b' } }],
    ['inject', { inject: { kind: 'query', name: 'a&b' } }],
    ['secret', {}, 'short'],
    ['secret', {}, 'hush-hush\r\nX-Other: 1'],
    ['secret', {}, 'hush-hüsh-12345'],
    ['secret', { inject: { kind: 'basic' } }, SECRET],
  ];
  for (const [at, part, secret = SECRET] of wrong) {
    const said = await credentials.add({ ...asked, ...part }, secret, admin);
    assert.ok(!said.ok, JSON.stringify(part));
    assert.deepEqual([said.error.code, said.error.at], ['bad-request', at]);
    assert.equal(said.error.message.includes(secret), false);
  }
  const stranger = await credentials.add({ ...asked, agents: ['b'] }, SECRET, admin);
  assert.equal(codeOf(stranger), 'unknown-agent');
  const here = { ...asked, url: 'http://127.0.0.1:8080' };
  assert.equal(codeOf(await credentials.add(here, SECRET, admin)), 'done');
  assert.equal(written.length, 1);
});

test('credentials: the last use is known to the minute', async () => {
  const { credentials, kept, clock } = await scene();
  const id = idOf(await credentials.add(asked, SECRET, admin));
  credentials.used(id);
  clock.now += 59_999;
  credentials.used(id);
  assert.equal(kept.get(id)?.usedAt, 1_000_000);
  clock.now += 1;
  credentials.used(id);
  assert.equal(kept.get(id)?.usedAt, 1_060_000);
});
