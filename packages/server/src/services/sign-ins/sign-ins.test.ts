import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { ADA, byKey, HOUR_MS, keyOf, PLACE, signInScene } from '../../../testing/sign-in-scene.ts';
import { formatKeyToken } from '../key-token.ts';
import type { Credentials } from './sign-ins.ts';

test('sign-ins: a key signs its person in, and the cookie asks as the key', async () => {
  verifies('authority.verified');
  const { signIn, signIns, written } = await signInScene();
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
  const { signIn, signIns } = await signInScene();
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
    const { signIn } = await signInScene({ keys });
    const refusal = await signIn(given);
    assert.equal(refusal.ok ? null : refusal.error.code, code);
  }
});

test('sign-ins: whoever has a second factor proves it', async () => {
  const { signIn, written } = await signInScene({ hasFactor: true });
  const code = (text: string): Credentials => ({ ...byKey, proof: { factor: 'totp', code: text } });
  const without = await signIn(byKey);
  assert.equal(without.ok ? null : without.error.code, 'needs-proof');
  assert.deepEqual(without.ok ? null : without.error.proofs, ['totp']);
  const wrong = await signIn(code('000000'));
  assert.equal(wrong.ok ? null : wrong.error.code, 'bad-proof');
  assert.deepEqual(written, []);
  assert.equal((await signIn(code('123456'))).ok, true);
  assert.equal(Reflect.get(written[0] ?? {}, 'factor'), 'fac_1');
});

test('sign-ins: one ends when it is not used, at its time, and with its key', async () => {
  for (const [what, why] of [
    ['idle', 'idle'],
    ['long', 'over'],
    ['revoked', 'key'],
  ] as const) {
    const { signIn, signIns, pass, known, written } = await signInScene();
    const opened = await signIn(byKey);
    const cookie = opened.ok ? opened.value.cookie : '';
    if (what === 'revoked') known.set(ADA, keyOf({ revokedAt: 1_500 }));
    if (what === 'idle') pass(HOUR_MS);
    const uses = what === 'long' ? 12 : 0;
    for (let use = 0; use < uses; use += 1) {
      pass(HOUR_MS - 1);
      const caller = signIns.callerOf(cookie);
      assert.ok(caller?.signIn !== undefined, 'it is used');
      signIns.use(caller.signIn);
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
  const { signIn, signIns, pass } = await signInScene();
  const opened = await signIn(byKey);
  assert.ok(opened.ok);
  const { cookie, shown } = opened.value;
  pass(HOUR_MS - 1);
  assert.equal(signIns.isOpen(shown.id), true);
  assert.ok(signIns.callerOf(cookie));
  assert.equal(signIns.find(cookie)?.lastAt, 1_000);
  assert.equal(signIns.find(cookie)?.idleAtMs, 3_601_000);
  signIns.use(shown.id);
  assert.equal(signIns.find(cookie)?.idleAtMs, 7_200_999);
  assert.deepEqual(await signIns.signOut(cookie), { ok: true, value: { ended: 1 } });
  assert.equal(signIns.isOpen(shown.id), false);
  assert.deepEqual(await signIns.signOut(cookie), { ok: true, value: { ended: 0 } });
});

test('sign-ins: of one person the newest twenty are open', async () => {
  const { signIn, signIns } = await signInScene();
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
  const { signIn, signIns, written } = await signInScene({
    keys: [keyOf(), viewer],
    hasFactor: true,
  });
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
  const { signIn } = await signInScene({ hasFactor: true });
  const shown = (id: string): Credentials => ({
    ...byKey,
    proof: { factor: 'webauthn', response: { id } },
  });
  assert.equal((await signIn(shown('ada'))).ok, true);
  const other = await signIn(shown('bob'));
  assert.equal(other.ok ? null : other.error.code, 'bad-proof');
});

test('sign-ins: where it is configured everybody proves a factor or a passkey', async () => {
  const totp = await signInScene({ factor: 'totp' });
  const without = await totp.signIn(byKey);
  assert.equal(without.ok ? null : without.error.code, 'needs-proof');
  assert.deepEqual(without.ok ? null : without.error.proofs, [], 'who has none is told so');
  const strict = await signInScene({ factor: 'webauthn' });
  const code = await strict.signIn({ ...byKey, proof: { factor: 'totp', code: '123456' } });
  assert.equal(code.ok ? null : code.error.code, 'needs-proof');
  assert.equal((await strict.signIn({ way: 'passkey', response: { id: 'ada' } })).ok, true);
});

test('sign-ins: a factor that is removed ends what it proved', async () => {
  const { signIn, signIns, written } = await signInScene({ hasFactor: true });
  const opened = await signIn({ way: 'passkey', response: { id: 'ada' } });
  const cookie = opened.ok ? opened.value.cookie : '';
  await signIns.factorRemoved('fac_1');
  assert.ok(signIns.callerOf(cookie));
  await signIns.factorRemoved('fac_2');
  assert.equal(signIns.callerOf(cookie), undefined);
  assert.equal(Reflect.get(written.at(-1) ?? {}, 'why'), 'factor');
});

test("sign-ins: an issuer's word signs in with the roles it gave", async () => {
  const { signIns, written } = await signInScene();
  const ended = await signIns.end({ url: new URL('http://localhost/'), sealed: '' }, PLACE);
  assert.ok(ended.ok);
  assert.equal(ended.value.to, '/console/agents');
  const caller = signIns.callerOf(ended.value.cookie);
  assert.deepEqual([caller?.id, caller?.roles], ['oidc_1', ['viewer']]);
  assert.ok(!JSON.stringify(written).includes('example.com'));
});

test('sign-ins: those of keys outlive the daemon where the ledger says they are open', async () => {
  const before = await signInScene();
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
  const after = await signInScene({ vault: before.secrets, open });
  assert.equal(after.signIns.callerOf(cookie)?.id, ADA);
  assert.equal(after.signIns.callerOf(gone.value.cookie), undefined);
  await after.signIns.sweep();
  assert.deepEqual(after.written, [
    { kind: 'signed_out', signIn: 'sgn_issuer', person: 'per_eve', why: 'lost', by: 'oidc_1' },
  ]);
});

test('sign-ins: a person sees and ends their own, an admin anybody, nobody else', async () => {
  const bob = keyOf({ id: 'b'.repeat(16), email: 'bob@example.com', roles: ['viewer'] });
  const { signIn, signIns } = await signInScene({ keys: [keyOf(), bob] });
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

test('sign-ins: what a browser was signed in with before ends with the next', async () => {
  const { signIn, signIns, written } = await signInScene();
  const [first, second] = [await signIn(byKey), await signIn(byKey)];
  assert.ok(first.ok && second.ok);
  await signIns.replace([first.value.cookie, 'A'.repeat(43)]);
  assert.equal(signIns.callerOf(first.value.cookie), undefined);
  assert.ok(signIns.callerOf(second.value.cookie));
  assert.equal(Reflect.get(written.at(-1) ?? {}, 'why'), 'replaced');
});
