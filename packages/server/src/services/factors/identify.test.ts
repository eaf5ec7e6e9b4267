import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { factorsScene, personCaller, taken, whyOf } from '../../../testing/factors-scene.ts';

const ADA = personCaller('ada@example.com');

test('passkeys: whose it is, is told by the passkey itself, once for each challenge', async () => {
  verifies('authority.verified');
  const { factors, withAuthenticator } = await factorsScene();
  const key = await withAuthenticator(ADA);
  const handle = factors.pseudonymOf('ada@example.com');
  const { options } = taken(await factors.openChallenge());
  const response = key.get(options, { handle });
  const proven = taken(await factors.identify(response));
  assert.deepEqual([proven.person, proven.mechanism], [handle, 'webauthn']);
  assert.equal(whyOf(await factors.identify(response)), 'bad-proof', 'it was used');
});

test('passkeys: what does not hold is one fault', async () => {
  const { factors, withAuthenticator, wait } = await factorsScene();
  const key = await withAuthenticator(ADA);
  const handle = factors.pseudonymOf('ada@example.com');
  const bad = async (quirks: Parameters<typeof key.get>[1], waitMs = 0) => {
    const { options } = taken(await factors.openChallenge());
    wait(waitMs);
    return whyOf(await factors.identify(key.get(options, quirks)));
  };
  assert.equal(await bad({}), 'bad-proof', 'no handle');
  assert.equal(await bad({ handle: factors.pseudonymOf('bob@example.com') }), 'bad-proof');
  assert.equal(await bad({ handle, origin: 'https://evil.example' }), 'bad-proof');
  assert.equal(await bad({ handle, isVerified: false }), 'bad-proof');
  assert.equal(await bad({ handle, counter: 0 }), 'bad-proof');
  assert.equal(await bad({ handle, challenge: 'A'.repeat(86) }), 'bad-proof');
  assert.equal(await bad({ handle }, 300_001), 'bad-proof', 'too late');
  assert.equal(await bad({ handle }), 'done');
});
