import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { factorsScene, personCaller, PURPOSE, taken, whyOf } from '../../testing/factors-scene.ts';
import type { Demand, Proof } from './factors/factors.ts';
import { proveVotes, whyNotByLink } from './vote-proof.ts';

const ben = personCaller('ben@example.com');
const approve = { outcome: 'approve' } as const;
const deny = { outcome: 'deny' } as const;

test('votes: where a factor is asked for, approving proves it and denying does not', async () => {
  verifies('human.approvals', 'authority.verified');
  const scene = await factorsScene();
  const { factors } = scene;
  const app = await scene.withApp(ben);
  scene.wait(30_000);
  const vote = async (
    demand: Demand,
    votes: readonly { readonly outcome: 'approve' | 'deny' }[],
    proof?: Proof,
  ) => proveVotes({ factors, demand }, votes, { by: ben, shown: { proof, purpose: PURPOSE } });
  assert.equal(taken(await vote('none', [approve])), null);
  assert.equal(whyOf(await vote('totp', [approve])), 'needs-proof');
  assert.equal(taken(await vote('totp', [deny, deny])), null);
  assert.equal(whyOf(await vote('totp', [deny, approve])), 'needs-proof');
  const proof = { factor: 'totp', code: app.code() } as const;
  assert.equal(whyOf(await vote('webauthn', [approve], proof)), 'needs-proof');
  assert.equal(taken(await vote('totp', [approve, approve], proof))?.mechanism, 'totp');
  assert.equal(whyOf(await vote('totp', [approve], proof)), 'bad-proof', 'it was used');
});

test('votes: a link carries no factor, so where one is asked for it only denies', async () => {
  const { factors } = await factorsScene();
  assert.equal(whyNotByLink({ factors, demand: 'none' }, approve), null);
  for (const demand of ['totp', 'webauthn'] as const) {
    const barred = whyNotByLink({ factors, demand }, approve);
    assert.equal(barred === null ? 'done' : whyOf(barred), 'needs-proof');
    assert.equal(whyNotByLink({ factors, demand }, deny), null);
  }
});
