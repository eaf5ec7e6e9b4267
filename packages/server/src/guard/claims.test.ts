import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Claim } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { codeOf, guardScene, valueOf } from '../../testing/guard-scene.ts';

const PACT = `
pact: plumbline/v1
agent: support
purpose: Export customers.
owner: desk@example.com
autonomy: 2
tools:
  crm.export: { effect: read, category: crm, tier: elevated }
tiers:
  elevated: { claim: roles, contains: crm-export, max_age: 5m }
allow:
  - { id: export, tool: crm.export }
`;

function claimOf(session: string, now: number, of: Partial<Claim> = {}): Claim {
  return {
    session,
    name: 'roles',
    values: ['crm-export'],
    mechanism: 'oidc',
    verifiedAtMs: now,
    expiresAtMs: now + 3_600_000,
    ...of,
  };
}

test('claims: an elevated action needs one, and it counts after a restart as well', async () => {
  verifies('authority.verified');
  const scene = await guardScene({ pact: PACT });
  const session = await scene.open();
  const verdict = async (of: typeof scene, request: string) =>
    valueOf(await of.decide(session, request, 'crm.export')).verdict;
  assert.equal(await verdict(scene, 'r1'), 'deny');
  const claim = claimOf(session, scene.clock.ms);
  valueOf(await scene.guard.claim({ agent: 'support', claim }));
  assert.equal(await verdict(scene, 'r2'), 'allow');
  const later = await scene.restart();
  assert.equal(await verdict(later, 'r3'), 'allow');
  later.clock.wait(300_001);
  assert.equal(await verdict(later, 'r4'), 'deny');
  assert.deepEqual(
    later.entries().flatMap(({ kind, open }) => (kind === 'claim' ? [open['mechanism']] : [])),
    ['oidc'],
  );
});

test('claims: what has expired, is too large or has no session is refused', async () => {
  verifies('authority.verified');
  const { guard, open, clock } = await guardScene({ pact: PACT });
  const session = await open();
  const code = async (of: Partial<Claim>) => {
    const claim = claimOf(session, clock.ms, of);
    return codeOf(await guard.claim({ agent: 'support', claim }));
  };
  assert.equal(await code({ expiresAtMs: clock.ms }), 'bad-request');
  assert.equal(await code({ name: '' }), 'bad-request');
  assert.equal(await code({ values: ['x'.repeat(513)] }), 'bad-request');
  assert.equal(await code({ session: 'ses_none' }), 'unknown-session');
  assert.equal(await code({}), 'done');
});
