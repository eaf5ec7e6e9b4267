import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { LOCAL } from '../../routes/gate/authenticate.ts';
import type { Caller } from '../../routes/caller.ts';
import type { ApiKey } from '../../store/vault.ts';
import type { Proof } from '../factors/factors.ts';
import { formatKeyToken, hashSecret } from '../key-token.ts';
import { refused, served } from '../served.ts';
import type { OpenSignIn } from './open-sign-in.ts';
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

type Options = {
  readonly hasFactor?: boolean;
  readonly keys?: readonly ApiKey[];
  readonly factor?: 'enrolled' | 'totp' | 'webauthn';
  readonly vault?: Map<string, Uint8Array>;
  readonly open?: ReadonlyMap<string, OpenSignIn>;
};

async function scene(options: Options = {}) {
  const { hasFactor = false, keys = [keyOf()], factor = 'enrolled' } = options;
  const secrets = options.vault ?? new Map<string, Uint8Array>();
  const known = new Map(keys.map((key) => [key.id, key]));
  const written: object[] = [];
  let now = 1_000;
  const signIns = await openSignIns({
    keys: { find: (id) => known.get(id), list: () => Promise.resolve([...known.values()]) },
    factors: {
      list: () => Promise.resolve(served({ rows: hasFactor ? [FACTOR] : [], lockedUntil: null })),
      check: (_by, { demand, proof }) => Promise.resolve(checked(demand, proof)),
      openChallenge: () => Promise.resolve(served({ options: {}, expiresAtMs: 1 })),
      identify: (response) => Promise.resolve(identified(response['id'])),
      pseudonymOf: (person) => `per_${person.replace(/@.*/, '')}`,
    },
    write: ({ kind, open }) => {
      written.push({ kind, ...open });
      return Promise.resolve(served({ index: written.length, at: now }));
    },
    clock: () => now,
    rules: { idleMs: HOUR_MS, maxMs: 12 * HOUR_MS, factor },
    vault: {
      secret: (name) => Promise.resolve(secrets.get(name)),
      putSecret: (name, value) => Promise.resolve(void secrets.set(name, value)),
    },
    flow: { issuers: [], begin: () => Promise.resolve(NO_FLOW), end: () => Promise.resolve(FLOW) },
    hasPasskeys: true,
    open: options.open ?? new Map(),
    noted: () => undefined,
  });
  const signIn = (given: Credentials) =>
    signIns.signIn({ with: given, purpose: { path: '/console/session', body: {} }, ...PLACE });
  return { signIns, signIn, written, known, secrets, pass: (ms: number) => void (now += ms) };
}

const PLACE = { browser: 'a browser', address: '127.0.0.1' };
const NO_FLOW = { ok: false as const, say: 'no', why: 'no' };
const OIDC: Caller = {
  ...LOCAL,
  id: 'oidc_1',
  kind: 'person',
  roles: ['viewer'],
  person: { id: 'eve@example.com', email: 'eve@example.com', groups: [] },
};
const FLOW = { ok: true as const, value: { caller: OIDC, to: '/console/agents' } };

function identified(credential: unknown) {
  const proven = { factor: 'fac_2', mechanism: 'webauthn' as const, at: 1 };
  if (credential !== 'ada' && credential !== 'bob') return refused('bad-proof', 'unknown');
  return served({ ...proven, person: `per_${credential}` });
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
  const { signIn, signIns, written } = await scene();
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
  const { signIn, signIns } = await scene();
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
    const { signIn } = await scene({ keys });
    const refusal = await signIn(given);
    assert.equal(refusal.ok ? null : refusal.error.code, code);
  }
});

test('sign-ins: whoever has a second factor proves it', async () => {
  const { signIn, written } = await scene({ hasFactor: true });
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
  const { signIn, signIns, pass } = await scene();
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
  const { signIn, signIns } = await scene({ hasFactor: true });
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
  const { signIns } = await scene({ keys: [keyOf(), bob] });
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
  const two = await scene({
    keys: [keyOf(), keyOf({ id: 'c'.repeat(16), email: 'cy@example.com' })],
  });
  const either = await two.signIns.link(undefined, LOCAL);
  assert.equal(either.ok ? null : either.error.code, 'bad-request');
});

test('sign-ins: one ends when it is not used, at its time, and with its key', async () => {
  for (const [what, why] of [
    ['idle', 'idle'],
    ['long', 'over'],
    ['revoked', 'key'],
  ] as const) {
    const { signIn, signIns, pass, known, written } = await scene();
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
  const { signIn, signIns, pass } = await scene();
  const opened = await signIn(byKey);
  assert.ok(opened.ok);
  const { cookie, shown } = opened.value;
  pass(HOUR_MS - 1);
  assert.equal(signIns.isOpen(shown.id), true);
  assert.equal(signIns.find(cookie)?.lastAt, 1_000);
  assert.deepEqual(await signIns.signOut(cookie), { ok: true, value: { ended: 1 } });
  assert.equal(signIns.isOpen(shown.id), false);
  assert.deepEqual(await signIns.signOut(cookie), { ok: true, value: { ended: 0 } });
});

test('sign-ins: of one person the newest twenty are open', async () => {
  const { signIn, signIns } = await scene();
  const cookies: string[] = [];
  for (let each = 0; each < 21; each += 1) {
    const opened = await signIn(byKey);
    cookies.push(opened.ok ? opened.value.cookie : '');
  }
  const open = cookies.map((cookie) => signIns.callerOf(cookie) !== undefined);
  assert.deepEqual(open, [false, ...Array.from({ length: 20 }, () => true)]);
});

test('sign-ins: a passkey signs in whose it is, with the key that may the most', async () => {
  verifies('authority.verified');
  const viewer = keyOf({ id: 'd'.repeat(16), roles: ['viewer'], addedAt: 9 });
  const { signIn, signIns, written } = await scene({ keys: [keyOf(), viewer], hasFactor: true });
  const opened = await signIn({ way: 'passkey', response: { id: 'ada' } });
  assert.ok(opened.ok);
  assert.equal(signIns.callerOf(opened.value.cookie)?.id, ADA);
  assert.equal(Reflect.get(written[0] ?? {}, 'factor'), 'fac_2');
  for (const [id, code] of [
    ['bob', 'bad-key'],
    ['nobody', 'bad-proof'],
  ] as const) {
    const refusal = await signIn({ way: 'passkey', response: { id } });
    assert.equal(refusal.ok ? null : refusal.error.code, code);
  }
});

test('sign-ins: beside a key a passkey must be of the same person', async () => {
  const { signIn } = await scene({ hasFactor: true });
  const shown = (id: string): Credentials => ({
    ...byKey,
    proof: { factor: 'webauthn', response: { id } },
  });
  assert.equal((await signIn(shown('ada'))).ok, true);
  const other = await signIn(shown('bob'));
  assert.equal(other.ok ? null : other.error.code, 'bad-proof');
});

test('sign-ins: where it is configured everybody proves a factor or a passkey', async () => {
  const totp = await scene({ factor: 'totp' });
  const without = await totp.signIn(byKey);
  assert.equal(without.ok ? null : without.error.code, 'needs-proof');
  const strict = await scene({ factor: 'webauthn' });
  const code = await strict.signIn({ ...byKey, proof: { factor: 'totp', code: '123456' } });
  assert.equal(code.ok ? null : code.error.code, 'needs-proof');
  assert.equal((await strict.signIn({ way: 'passkey', response: { id: 'ada' } })).ok, true);
});

test('sign-ins: a factor that is removed ends what it proved', async () => {
  const { signIn, signIns, written } = await scene({ hasFactor: true });
  const opened = await signIn({ way: 'passkey', response: { id: 'ada' } });
  const cookie = opened.ok ? opened.value.cookie : '';
  await signIns.factorRemoved('fac_1');
  assert.ok(signIns.callerOf(cookie));
  await signIns.factorRemoved('fac_2');
  assert.equal(signIns.callerOf(cookie), undefined);
  assert.equal(Reflect.get(written.at(-1) ?? {}, 'why'), 'factor');
});

test("sign-ins: an issuer's word signs in with the roles it gave", async () => {
  const { signIns, written } = await scene();
  const ended = await signIns.end({ url: new URL('http://localhost/'), sealed: '' }, PLACE);
  assert.ok(ended.ok);
  assert.equal(ended.value.to, '/console/agents');
  const caller = signIns.callerOf(ended.value.cookie);
  assert.deepEqual([caller?.id, caller?.roles], ['oidc_1', ['viewer']]);
  assert.ok(!JSON.stringify(written).includes('example.com'));
});

test('sign-ins: those of keys outlive the daemon where the ledger says they are open', async () => {
  const before = await scene();
  const [kept, gone] = [await before.signIn(byKey), await before.signIn(byKey)];
  await before.signIns.end({ url: new URL('http://localhost/'), sealed: '' }, PLACE);
  assert.ok(kept.ok && gone.ok);
  await before.signIns.close();
  const { cookie } = kept.value;
  assert.ok(
    !Buffer.from([...before.secrets.values()][0] ?? '')
      .toString()
      .includes(cookie),
  );
  const open = new Map([
    [kept.value.shown.id, { person: 'per_ada', by: ADA }],
    ['sgn_issuer', { person: 'per_eve', by: 'oidc_1' }],
  ]);
  const after = await scene({ vault: before.secrets, open });
  assert.equal(after.signIns.callerOf(cookie)?.id, ADA);
  assert.equal(after.signIns.callerOf(gone.value.cookie), undefined);
  await after.signIns.sweep();
  assert.deepEqual(after.written, [
    { kind: 'signed_out', signIn: 'sgn_issuer', person: 'per_eve', why: 'lost', by: 'oidc_1' },
  ]);
});

test('sign-ins: a person sees and ends their own, an admin anybody, nobody else', async () => {
  const bob = keyOf({ id: 'b'.repeat(16), email: 'bob@example.com', roles: ['viewer'] });
  const { signIn, signIns } = await scene({ keys: [keyOf(), bob] });
  const own = await signIn({ way: 'passkey', response: { id: 'bob' } });
  const other = await signIn(byKey);
  assert.ok(own.ok && other.ok);
  const asBob = signIns.callerOf(own.value.cookie);
  const asAda = signIns.callerOf(other.value.cookie);
  assert.ok(asBob !== undefined && asAda !== undefined);
  assert.deepEqual(
    signIns.list(asBob).map(({ id }) => id),
    [own.value.shown.id],
  );
  const foreign = await signIns.revoke(other.value.shown.id, asBob);
  assert.equal(foreign.ok ? null : foreign.error.code, 'not-found');
  assert.equal((await signIns.revoke(own.value.shown.id, asAda)).ok, true);
  assert.equal(signIns.callerOf(own.value.cookie), undefined);
  await signIn(byKey);
  assert.deepEqual(await signIns.revoke(null, asAda), { ok: true, value: { ended: 2 } });
});
