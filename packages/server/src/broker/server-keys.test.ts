import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { makeCredential } from '../../testing/vault-contract.ts';
import type { AgentStatus } from '../guard/agent-status.ts';
import type { Credential } from '../store/vault.ts';
import type { CredentialUse } from './broker.ts';
import { HeldSecrets } from './held-secrets.ts';
import { type KeyedServer, serverKeys, type ServerKeys } from './server-keys.ts';

const NOW = Date.UTC(2026, 0, 1);
const WIKI = 'https://wiki.example/mcp';
const READ = { id: 'crd_r', name: 'wiki, reading', access: 'read', url: WIKI } as const;
const WRITE = { id: 'crd_w', name: 'wiki, writing', access: 'write', url: WIKI } as const;

const STATUS: AgentStatus = {
  agent: 'support',
  pact: null,
  shadow: null,
  epoch: 0,
  halts: [],
  openSessions: 0,
  inFlight: 0,
  waiting: 0,
  reviews: 0,
  alerts: 0,
  autonomy: null,
  leases: [],
};

type World = {
  readonly keys: ServerKeys;
  readonly noted: CredentialUse[];
  readonly secrets: HeldSecrets;
  readonly all: Credential[];
  readonly log: { isTaking: boolean };
  readonly agent: { halts: AgentStatus['halts'] };
};

function world(of: Partial<KeyedServer> = {}): World {
  const all = [makeCredential({ ...READ }), makeCredential({ ...WRITE })];
  const secrets = new HeldSecrets({
    credentialSecret: ({ id }) => Promise.resolve(Buffer.from(`hush-${id}`)),
  });
  const noted: CredentialUse[] = [];
  const log = { isTaking: true };
  const agent: World['agent'] = { halts: [] };
  const parts = {
    guard: { status: () => ({ ...STATUS, ...agent }) },
    secrets,
    credentials: { all: () => all, used: () => undefined },
    note: (use: CredentialUse) => log.isTaking && noted.push(use) > 0,
    clock: () => NOW,
  };
  const named = { agent: 'support', server: 'wiki', url: WIKI, read: 'crd_r', write: 'crd_w' };
  return { keys: serverKeys(parts, { ...named, ...of }), noted, secrets, all, log, agent };
}

const sent = (keys: ServerKeys, use: Parameters<ServerKeys['take']>[0]): string => {
  const taken = keys.take(use);
  return taken.ok ? (taken.value.headers['authorization'] ?? '') : taken.message;
};

const read = { access: 'read', decision: 'dec_1' } as const;
const write = { access: 'write', decision: 'dec_2' } as const;
const greeting = { access: 'read', decision: null } as const;

test('server keys: each action has the credential of its access, written down before', async () => {
  verifies('authority.credentials');
  const { keys, noted } = world();
  for (const use of [read, write, greeting]) assert.equal(await keys.prepare(use), null);
  assert.equal(sent(keys, read), 'Bearer hush-crd_r');
  assert.equal(sent(keys, write), 'Bearer hush-crd_w');
  const upstream = 'mcp:wiki';
  const of = { agent: 'support', version: 1, upstream, method: 'POST' };
  assert.deepEqual(noted, [
    { ...of, credential: 'crd_r', decision: 'dec_1' },
    { ...of, credential: 'crd_w', decision: 'dec_2' },
  ]);
  for (let time = 0; time < 3; time += 1) assert.equal(sent(keys, greeting), 'Bearer hush-crd_r');
  assert.equal(noted.filter(({ decision }) => decision === null).length, 1);
});

test('server keys: one never stands in for the other', async () => {
  verifies('authority.credentials');
  const { keys } = world({ write: null });
  const why = await keys.prepare(write);
  const what = 'server `wiki` has no credential of access `write`';
  assert.equal(why, `${what}: name one under \`credentials\` of it in \`mcp\``);
  const swapped = world({ write: 'wiki, reading' });
  assert.match(
    String(await swapped.keys.prepare(write)),
    /no credential `wiki, reading` of access/,
  );
  const alone = world({ read: null });
  assert.equal(await alone.keys.prepare(greeting), null);
  assert.equal(sent(alone.keys, greeting), 'Bearer hush-crd_w');
  assert.match(String(await alone.keys.prepare(read)), /has no credential of access `read`/);
});

test('server keys: neither another address, agent, nor what was revoked gets one', async () => {
  verifies('authority.credentials');
  for (const other of [{ url: 'https://evil.example/mcp' }, { agent: 'sales' }]) {
    assert.match(String(await world(other).keys.prepare(read)), /is for .* address of server/);
  }
  const { keys, all } = world();
  all[0] = makeCredential({ ...READ, revokedAt: NOW - 1 });
  assert.match(String(await keys.prepare(read)), /no credential `crd_r`/);
});

test('server keys: what a halt dropped does not go out, nor is it opened again', async () => {
  verifies('authority.credentials', 'human.halt');
  const { keys, secrets, agent } = world();
  await keys.prepare(read);
  secrets.drop('support');
  assert.match(sent(keys, read), /credential `crd_r` has no secret/);
  agent.halts = [{ scope: 'agent', target: '', reason: 'odd' }];
  assert.equal(await keys.prepare(read), '`support` is halted');
  assert.equal(secrets.held('support', 'crd_r'), undefined);
});

test('server keys: where the log takes nothing, nothing goes out', async () => {
  verifies('evidence.before-effect');
  const { keys, log } = world();
  await keys.prepare(read);
  log.isTaking = false;
  assert.equal(sent(keys, read), 'the log takes nothing now: send it again');
});
