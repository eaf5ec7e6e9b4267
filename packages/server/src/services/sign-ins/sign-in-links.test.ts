import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ADA, byKey, HOUR_MS, keyOf, signInScene } from '../../../testing/sign-in-scene.ts';
import { LOCAL } from '../../routes/gate/authenticate.ts';
import type { Credentials } from './sign-ins.ts';

test('sign-in links: a link signs in once, within ten minutes', async () => {
  const { signIn, signIns, pass } = await signInScene();
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

test('sign-in links: a wrong code uses no link up', async () => {
  const { signIn, signIns } = await signInScene({ hasFactor: true });
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

test('sign-in links: a link is for oneself, or made on the machine itself', async () => {
  const bob = keyOf({ id: 'b'.repeat(16), name: 'bob', email: null, roles: ['viewer'] });
  const { signIns } = await signInScene({ keys: [keyOf(), bob] });
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
  const two = await signInScene({
    keys: [keyOf(), keyOf({ id: 'c'.repeat(16), email: 'cy@example.com' })],
  });
  const either = await two.signIns.link(undefined, LOCAL);
  assert.equal(either.ok ? null : either.error.code, 'bad-request');
});

test('sign-in links: one made while signed in prolongs nothing, and ends with that', async () => {
  const { signIn, signIns, pass } = await signInScene();
  const linked = async (cookie: string) => {
    const caller = signIns.callerOf(cookie);
    assert.ok(caller !== undefined);
    const made = await signIns.link(undefined, caller);
    assert.ok(made.ok);
    return { way: 'link', link: made.value.token, proof: undefined } as const;
  };
  const first = await signIn(byKey);
  assert.ok(first.ok);
  pass(HOUR_MS - 1);
  const second = await signIn(await linked(first.value.cookie));
  assert.ok(second.ok);
  assert.equal(second.value.shown.expiresAtMs, first.value.shown.expiresAtMs);
  const third = await signIn(await linked(second.value.cookie));
  assert.equal(third.ok && third.value.shown.expiresAtMs, first.value.shown.expiresAtMs);
  const waiting = await linked(second.value.cookie);
  await signIns.signOut(second.value.cookie);
  const late = await signIn(waiting);
  assert.equal(late.ok ? null : late.error.code, 'bad-key');
});

test('sign-in links: signing out everywhere takes back the links that wait', async () => {
  const { signIn, signIns } = await signInScene();
  const made = await signIns.link(undefined, LOCAL);
  const opened = await signIn(byKey);
  assert.ok(made.ok && opened.ok);
  const caller = signIns.callerOf(opened.value.cookie);
  assert.ok(caller !== undefined);
  await signIns.revoke(null, caller);
  const late = await signIn({ way: 'link', link: made.value.token, proof: undefined });
  assert.equal(late.ok ? null : late.error.code, 'bad-key');
});

test('sign-in links: a link says whose it is without being used up', async () => {
  const { signIn, signIns } = await signInScene();
  const made = await signIns.link(undefined, LOCAL);
  assert.ok(made.ok);
  const { token } = made.value;
  const said = signIns.ownerOf(token);
  assert.deepEqual(said, {
    ok: true,
    value: { person: 'ada@example.com', name: 'ada', expiresAtMs: 601_000 },
  });
  assert.equal(signIns.ownerOf('A'.repeat(43)).ok, false);
  assert.equal((await signIn({ way: 'link', link: token, proof: undefined })).ok, true);
  assert.equal(signIns.ownerOf(token).ok, false);
});
