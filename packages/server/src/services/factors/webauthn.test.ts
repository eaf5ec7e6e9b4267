import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import {
  byAnswer,
  factorsScene,
  personCaller,
  PURPOSE,
  SITE,
  taken,
  whyOf,
} from '../../../testing/factors-scene.ts';
import { type Quirks, softwareAuthenticator } from '../../../testing/software-authenticator.ts';

const ada = personCaller('ada@example.com');
const lena = personCaller('lena@example.com');
const bare = { kind: 'webauthn', name: 'key', proof: undefined, purpose: PURPOSE } as const;

test('webauthn: an answer holds for the request it was made for, once', async () => {
  verifies('authority.verified');
  const { factors, withAuthenticator } = await factorsScene();
  const key = await withAuthenticator(ada);
  const { options } = taken(await factors.challenge(PURPOSE, ada));
  const response = key.get(options);
  const proven = taken(await factors.check(ada, byAnswer(response)));
  assert.equal(proven?.mechanism, 'webauthn');
  assert.equal(whyOf(await factors.check(ada, byAnswer(response))), 'bad-proof', 'replayed');
});

test('webauthn: what was signed for one request is no proof for another', async () => {
  const { factors, withAuthenticator } = await factorsScene();
  const key = await withAuthenticator(ada);
  const { options } = taken(await factors.challenge(PURPOSE, ada));
  const response = key.get(options);
  const other = { path: PURPOSE.path, body: { reason: 'something else' } };
  assert.equal(whyOf(await factors.check(ada, byAnswer(response, other))), 'bad-proof');
  assert.equal(whyOf(await factors.check(ada, byAnswer(response))), 'bad-proof', 'it is used up');
});

test('webauthn: a challenge is good for five minutes and for one person', async () => {
  const { factors, withAuthenticator, wait, restart } = await factorsScene();
  const key = await withAuthenticator(ada);
  const late = taken(await factors.challenge(PURPOSE, ada));
  assert.equal(late.expiresAtMs, 1_700_000_300_000);
  wait(300_000);
  assert.equal(whyOf(await factors.check(ada, byAnswer(key.get(late.options)))), 'bad-proof');
  const lenas = await withAuthenticator(lena);
  const { options } = taken(await factors.challenge(PURPOSE, ada));
  assert.equal(whyOf(await factors.check(lena, byAnswer(lenas.get(options)))), 'bad-proof');
  assert.equal(whyOf(await factors.check(lena, byAnswer(key.get(options)))), 'bad-proof');
  const again = await restart();
  assert.equal(whyOf(await again.factors.check(ada, byAnswer(key.get(options)))), 'bad-proof');
});

const WRONG: readonly (readonly [string, Quirks])[] = [
  ['another page asked', { origin: 'https://plumbline.example.evil.example' }],
  ['the page is in the clear', { origin: 'http://plumbline.example' }],
  ['it answers to another site', { rpId: 'evil.example' }],
  ['it asked for no finger and no PIN', { isVerified: false }],
  ['it signed a challenge of its own', { challenge: 'AAAA' }],
  ['it was made to create and not to get', { type: 'webauthn.create' }],
];

for (const [what, quirks] of WRONG) {
  test(`webauthn: an answer is refused when ${what}`, async () => {
    const { factors, withAuthenticator } = await factorsScene();
    const key = await withAuthenticator(ada);
    const { options } = taken(await factors.challenge(PURPOSE, ada));
    const answer = await factors.check(ada, byAnswer(key.get(options, quirks)));
    assert.equal(whyOf(answer), 'bad-proof');
  });
}

for (const [what, quirks] of WRONG.slice(0, 5)) {
  test(`webauthn: an authenticator is not enrolled when ${what}`, async () => {
    const { factors } = await factorsScene();
    const begun = taken(await factors.enrol(bare, ada));
    assert.ok(begun.kind === 'webauthn');
    const response = softwareAuthenticator(SITE).create(begun.options, quirks);
    const of = { id: begun.id, confirmation: { response } };
    assert.equal(whyOf(await factors.confirm(of, ada)), 'bad-proof');
    assert.equal(whyOf(await factors.confirm(of, ada)), 'not-found', 'the challenge is used up');
  });
}

test('webauthn: a counter that stands or goes back is a copy, also after a restart', async () => {
  const scene = await factorsScene();
  const key = await scene.withAuthenticator(ada);
  const answer = async (of: typeof scene, counter: number): Promise<string> => {
    const { options } = taken(await of.factors.challenge(PURPOSE, ada));
    return whyOf(await of.factors.check(ada, byAnswer(key.get(options, { counter }))));
  };
  assert.equal(await answer(scene, 5), 'done');
  assert.equal(await answer(scene, 5), 'bad-proof');
  assert.equal(await answer(scene, 4), 'bad-proof');
  const again = await scene.restart();
  assert.equal(await answer(again, 5), 'bad-proof');
  assert.equal(await answer(again, 6), 'done');
});

test('webauthn: a signature by another key, and hostile answers, are refused', async () => {
  const { factors, withAuthenticator } = await factorsScene();
  const key = await withAuthenticator(ada);
  const { options } = taken(await factors.challenge(PURPOSE, ada));
  const own = key.get(options);
  const forged = {
    ...softwareAuthenticator(SITE).get(options),
    id: own['id'] ?? '',
    rawId: own['id'] ?? '',
  };
  assert.equal(whyOf(await factors.check(ada, byAnswer(forged))), 'bad-proof');
  for (const response of [
    {},
    { id: own['id'] ?? '' },
    { ...own, response: null },
    { ...own, response: 7 },
  ]) {
    assert.equal(whyOf(await factors.check(ada, byAnswer(response))), 'bad-proof');
  }
});

test('webauthn: so many challenges of one person wait, and no more', async () => {
  const { factors, withAuthenticator, wait } = await factorsScene();
  await withAuthenticator(ada);
  for (let each = 0; each < 20; each += 1) taken(await factors.challenge(PURPOSE, ada));
  assert.equal(whyOf(await factors.challenge(PURPOSE, ada)), 'overloaded');
  wait(300_000);
  assert.equal(whyOf(await factors.challenge(PURPOSE, ada)), 'done');
});
