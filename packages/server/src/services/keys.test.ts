import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Caller } from '../routes/caller.ts';
import type { ApiKey } from '../store/vault.ts';
import { parseKeyToken } from './key-token.ts';
import { openKeys } from './keys.ts';
import { refused, served } from './served.ts';
import type { KeyRequest, Keys } from './services.ts';
import type { OpenEntry } from './write-entry.ts';

const local: Caller = {
  id: 'local',
  kind: 'local',
  roles: [],
  scopes: [],
  agents: null,
  person: null,
};
const admin: Caller = { ...local, id: 'someone', kind: 'person', roles: ['admin'] };
const bare: KeyRequest = {
  kind: 'agent',
  name: 'gateway of ada',
  roles: [],
  scopes: [],
  agents: ['a'],
  expiresAt: null,
  email: null,
  groups: [],
};

async function scene(): Promise<{
  readonly keys: Keys;
  readonly written: OpenEntry[];
  readonly kept: Map<string, ApiKey>;
  readonly stop: () => void;
}> {
  const written: OpenEntry[] = [];
  const kept = new Map<string, ApiKey>();
  let isStopped = false;
  const keys = await openKeys({
    clock: () => 1_000,
    hasAgent: (agent) => agent === 'a' || agent === 'b',
    recovered: ({ key }) => {
      written.push({ kind: 'break_glass', agent: null, open: { key } });
      return Promise.resolve(served({ index: written.length - 1, at: 1_000 }));
    },
    write: (entry) => {
      if (isStopped) return Promise.resolve(refused('unavailable', 'the log stopped'));
      written.push(entry);
      return Promise.resolve(served({ index: written.length - 1, at: 1_000 }));
    },
    vault: {
      keys: () => Promise.resolve([...kept.values()]),
      addKey: (key) => Promise.resolve(void kept.set(key.id, key)),
      revokeKey: (id) => Promise.resolve(kept.delete(id)),
    },
  });
  return { keys, written, kept, stop: () => (isStopped = true) };
}

test('keys: a person has an address, which the ledger does not hold, and groups', async () => {
  const { keys, written } = await scene();
  const person = { kind: 'person', roles: ['approver'], agents: null } as const;
  const asked = { ...bare, ...person, name: 'Lena', email: 'Lena@Example.com', groups: ['leads'] };
  const given = await keys.add(asked, admin);
  assert.ok(given.ok);
  assert.equal(given.value.key.email, 'lena@example.com');
  assert.deepEqual(written[0]?.open['groups'], ['leads']);
  assert.ok(!JSON.stringify(written).includes('example.com'));
  for (const wrong of [{ email: 'lena' }, { groups: ['of people'] }]) {
    assert.equal((await keys.add({ ...asked, ...wrong }, admin)).ok, false);
  }
  assert.equal((await keys.add({ ...bare, groups: ['leads'] }, admin)).ok, false);
});

test('keys: a key is recorded without its name, its secret and its hash', async () => {
  const { keys, written } = await scene();
  const given = await keys.add(bare, admin);
  assert.ok(given.ok);
  const { id, secret } = parseKeyToken(given.value.token) ?? { id: '', secret: '' };
  const hash = keys.find(id)?.hash ?? '';
  assert.equal(hash.length, 64);
  const told = JSON.stringify(written);
  for (const hidden of [secret, hash, 'ada']) assert.ok(!told.includes(hidden));
  assert.ok(told.includes(id));
  assert.ok(!JSON.stringify(await keys.list()).includes(hash));
});

test('keys: no key is of two kinds, and an agent key is for one agent', async () => {
  const { keys, written } = await scene();
  const wrong: readonly Partial<KeyRequest>[] = [
    { agents: null },
    { agents: ['a', 'b'] },
    { agents: ['No'] },
    { roles: ['admin'] },
    { scopes: ['read'] },
    { kind: 'person' },
    { kind: 'person', agents: null },
    { kind: 'service' },
    { kind: 'service', scopes: ['act'] },
    { name: 'a\nb' },
  ];
  for (const part of wrong) {
    const said = await keys.add({ ...bare, ...part }, admin);
    assert.ok(!said.ok && said.error.code === 'bad-request', JSON.stringify(part));
  }
  assert.equal(written.length, 0);
});

test('keys: none is made that ran out before, or for an agent that is not there', async () => {
  const { keys, written } = await scene();
  const past = await keys.add({ ...bare, expiresAt: 1_000 }, admin);
  assert.ok(!past.ok && past.error.code === 'bad-request');
  assert.equal(past.error.at, 'expiresAt');
  const nobodys = await keys.add({ ...bare, agents: ['nope'] }, admin);
  assert.ok(!nobodys.ok && nobodys.error.code === 'unknown-agent');
  assert.match(nobodys.error.message, /no agent `nope`: check the name, or add it/);
  assert.equal(written.length, 0);
  assert.ok((await keys.add({ ...bare, expiresAt: 1_001 }, admin)).ok);
});

test('keys: what is not recorded does not work', async () => {
  const { keys, kept, stop } = await scene();
  stop();
  assert.equal((await keys.add(bare, admin)).ok, false);
  assert.equal(kept.size, 0);
  assert.deepEqual(await keys.list(), []);
});

test('keys: a revoked key stops before it is recorded, and asking again records it', async () => {
  const { keys, written, stop } = await scene();
  const given = await keys.add(bare, admin);
  assert.ok(given.ok);
  const { id } = given.value.key;
  const revoking = keys.revoke(id, admin);
  assert.equal(keys.find(id)?.revokedAt, 1_000);
  assert.ok((await revoking).ok);
  assert.equal(written.at(-1)?.kind, 'key_revoked');
  stop();
  assert.equal((await keys.revoke(id, admin)).ok, false);
});

test('keys: the last admin key is revoked on the machine itself alone', async () => {
  const { keys } = await scene();
  const given = await keys.recover('ada');
  assert.ok(given.ok);
  const { id } = given.value.key;
  const refusedIt = await keys.revoke(id, admin);
  assert.ok(!refusedIt.ok && refusedIt.error.code === 'conflict');
  const second = await keys.recover('bob');
  assert.ok(second.ok);
  assert.ok((await keys.revoke(id, admin)).ok);
  assert.ok((await keys.revoke(second.value.key.id, local)).ok);
});
