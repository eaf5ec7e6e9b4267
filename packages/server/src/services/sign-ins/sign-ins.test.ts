import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { LOCAL } from '../../routes/gate/authenticate.ts';
import type { ApiKey } from '../../store/vault.ts';
import type { Proof } from '../factors/factors.ts';
import { formatKeyToken, hashSecret } from '../key-token.ts';
import { refused, served } from '../served.ts';
import { openSignIns } from './open-sign-ins.ts';
import type { Credentials } from './sign-ins.ts';

const SECRET = 'ab'.repeat(32);
const ADA = '0123456789abcdef';
const KEY = formatKeyToken({ id: ADA, secret: SECRET });
const HOUR_MS = 3_600_000;

function keyOf(of: Partial<ApiKey> = {}): ApiKey {
  return {
    id: ADA,
    kind: 'person',
    name: 'ada',
    roles: ['admin'],
    scopes: [],
    agents: null,
    hash: hashSecret(SECRET),
    email: 'ada@example.com',
    groups: [],
    addedAt: 1,
    addedBy: 'local',
    expiresAt: null,
    revokedAt: null,
    ...of,
  };
}

function scene({ hasFactor = false, keys = [keyOf()] } = {}) {
  const known = new Map(keys.map((key) => [key.id, key]));
  const written: object[] = [];
  let now = 1_000;
  const signIns = openSignIns({
    keys: { find: (id) => known.get(id), list: () => Promise.resolve([...known.values()]) },
    factors: {
      list: () => Promise.resolve(served({ rows: hasFactor ? [FACTOR] : [], lockedUntil: null })),
      check: (_by, { demand, proof }) => Promise.resolve(checked(demand, proof)),
      pseudonymOf: (person) => `per_${person.replace(/@.*/, '')}`,
    },
    write: ({ kind, open }) => {
      written.push({ kind, ...open });
      return Promise.resolve(served({ index: written.length, at: now }));
    },
    clock: () => now,
    bounds: { idleMs: HOUR_MS, maxMs: 12 * HOUR_MS },
  });
  const signIn = (given: Credentials) =>
    signIns.signIn({ with: given, purpose: { path: '/console/session', body: {} }, browser: null });
  return { signIns, signIn, written, known, pass: (ms: number) => void (now += ms) };
}

const FACTOR = { id: 'fac_1', kind: 'totp' as const, name: 'phone', addedAt: 1, usedAt: null };

function checked(demand: string, proof: Proof | undefined) {
  if (demand === 'none') return served(null);
  if (proof === undefined) return refused('needs-proof', 'send a proof');
  const isRight = proof.factor === 'totp' && proof.code === '123456';
  const proven = { factor: 'fac_1', mechanism: 'totp' as const, person: 'per_ada', at: 1 };
  return isRight ? served(proven) : refused('bad-proof', 'wrong');
}

const byKey: Credentials = { way: 'key', key: KEY, proof: undefined };

test('sign-ins: a key signs its person in, and the cookie asks as the key', async () => {
  verifies('authority.verified');
  const { signIn, signIns, written } = scene();
  const opened = await signIn(byKey);
  assert.ok(opened.ok);
  const { cookie, shown } = opened.value;
  assert.match(cookie, /^[A-Za-z0-9_-]{43}$/);
  const caller = signIns.callerOf(cookie);
  assert.equal(caller?.id, ADA);
  assert.deepEqual(caller.roles, ['admin']);
  assert.equal(caller.signIn, shown.id);
  const said = { signIn: shown.id, way: 'key', factor: null, person: 'per_ada' };
  assert.deepEqual(written, [{ kind: 'signed_in', ...said, untilMs: 43_201_000, by: ADA }]);
  assert.ok(!JSON.stringify(written).includes('example.com'));
});

test('sign-ins: every sign-in has a value of its own, and another value is nobody', async () => {
  const { signIn, signIns } = scene();
  const [first, second] = [await signIn(byKey), await signIn(byKey)];
  assert.ok(first.ok && second.ok);
  assert.notEqual(first.value.cookie, second.value.cookie);
  assert.equal(signIns.callerOf('A'.repeat(43)), undefined);
});

test('sign-ins: what is wrong with a key is one fault, and a machine is nobody', async () => {
  const machine = keyOf({ kind: 'service', scopes: ['read'], roles: [], email: null });
  const wrong: Credentials = {
    ...byKey,
    key: formatKeyToken({ id: ADA, secret: 'cd'.repeat(32) }),
  };
  for (const [keys, given, code] of [
    [[keyOf()], wrong, 'bad-key'],
    [[], byKey, 'bad-key'],
    [[keyOf({ revokedAt: 1 })], byKey, 'bad-key'],
    [[keyOf({ expiresAt: 999 })], byKey, 'bad-key'],
    [[machine], byKey, 'forbidden'],
  ] as const) {
    const refusal = await scene({ keys: [...keys] }).signIn(given);
    assert.equal(refusal.ok ? null : refusal.error.code, code);
  }
});

test('sign-ins: whoever has a second factor proves it', async () => {
  const { signIn, written } = scene({ hasFactor: true });
  const code = (text: string): Credentials => ({ ...byKey, proof: { factor: 'totp', code: text } });
  const without = await signIn(byKey);
  assert.equal(without.ok ? null : without.error.code, 'needs-proof');
  const wrong = await signIn(code('000000'));
  assert.equal(wrong.ok ? null : wrong.error.code, 'bad-proof');
  assert.deepEqual(written, []);
  assert.equal((await signIn(code('123456'))).ok, true);
  assert.equal(Reflect.get(written[0] ?? {}, 'factor'), 'fac_1');
});

test('sign-ins: a link signs in once, within ten minutes', async () => {
  const { signIn, signIns, pass } = scene();
  const made = await signIns.link(undefined, LOCAL);
  assert.ok(made.ok);
  assert.equal(made.value.person, 'ada@example.com');
  const byLink: Credentials = { way: 'link', link: made.value.token, proof: undefined };
  assert.equal((await signIn(byLink)).ok, true);
  const again = await signIn(byLink);
  assert.equal(again.ok ? null : again.error.code, 'bad-key');
  const late = await signIns.link(undefined, LOCAL);
  pass(600_000);
  const over = await signIn({ ...byLink, link: late.ok ? late.value.token : '' });
  assert.equal(over.ok ? null : over.error.code, 'bad-key');
});

test('sign-ins: a wrong code uses no link up', async () => {
  const { signIn, signIns } = scene({ hasFactor: true });
  const made = await signIns.link(undefined, LOCAL);
  const link = made.ok ? made.value.token : '';
  const code = (text: string): Credentials => ({
    way: 'link',
    link,
    proof: { factor: 'totp', code: text },
  });
  assert.equal((await signIn(code('000000'))).ok, false);
  assert.equal((await signIn(code('123456'))).ok, true);
});

test('sign-ins: a link is for oneself, or made on the machine itself', async () => {
  const bob = keyOf({ id: 'b'.repeat(16), name: 'bob', email: null, roles: ['viewer'] });
  const { signIns } = scene({ keys: [keyOf(), bob] });
  const local = await signIns.link('BOB', LOCAL);
  assert.equal(local.ok ? local.value.person : null, 'bob');
  const nobody = await signIns.link('carol', LOCAL);
  assert.equal(nobody.ok ? null : nobody.error.code, 'not-found');
  const ada = {
    ...LOCAL,
    id: ADA,
    kind: 'person' as const,
    person: { id: 'ada', email: null, groups: [] },
  };
  const forBob = await signIns.link('bob', ada);
  assert.equal(forBob.ok ? null : forBob.error.code, 'forbidden');
  assert.equal((await signIns.link(undefined, ada)).ok, true);
  const two = scene({ keys: [keyOf(), keyOf({ id: 'c'.repeat(16), email: 'cy@example.com' })] });
  const either = await two.signIns.link(undefined, LOCAL);
  assert.equal(either.ok ? null : either.error.code, 'bad-request');
});

test('sign-ins: one ends when it is not used, at its time, and with its key', async () => {
  for (const [what, why] of [
    ['idle', 'idle'],
    ['long', 'over'],
    ['revoked', 'key'],
  ] as const) {
    const { signIn, signIns, pass, known, written } = scene();
    const opened = await signIn(byKey);
    const cookie = opened.ok ? opened.value.cookie : '';
    if (what === 'revoked') known.set(ADA, keyOf({ revokedAt: 1_500 }));
    if (what === 'idle') pass(HOUR_MS);
    const uses = what === 'long' ? 12 : 0;
    for (let use = 0; use < uses; use += 1) {
      pass(HOUR_MS - 1);
      assert.ok(signIns.callerOf(cookie), 'it is used');
    }
    if (what === 'long') pass(12);
    assert.equal(signIns.callerOf(cookie), undefined, what);
    await signIns.sweep();
    await signIns.sweep();
    assert.deepEqual(
      written.slice(1).map((each) => [Reflect.get(each, 'kind'), Reflect.get(each, 'why')]),
      [['signed_out', why]],
    );
  }
});

test('sign-ins: looking does not count as use, and signing out ends it', async () => {
  const { signIn, signIns, pass } = scene();
  const opened = await signIn(byKey);
  assert.ok(opened.ok);
  const { cookie, shown } = opened.value;
  pass(HOUR_MS - 1);
  assert.equal(signIns.isOpen(shown.id), true);
  assert.equal(signIns.find(cookie)?.lastAt, 1_000);
  assert.equal((await signIns.signOut(cookie)).ok, true);
  assert.equal(signIns.isOpen(shown.id), false);
  assert.equal((await signIns.signOut(cookie)).ok, false);
});

test('sign-ins: of one person the newest twenty are open', async () => {
  const { signIn, signIns } = scene();
  const cookies: string[] = [];
  for (let each = 0; each < 21; each += 1) {
    const opened = await signIn(byKey);
    cookies.push(opened.ok ? opened.value.cookie : '');
  }
  const open = cookies.map((cookie) => signIns.callerOf(cookie) !== undefined);
  assert.deepEqual(open, [false, ...Array.from({ length: 20 }, () => true)]);
});
