import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { codeOf, guardScene, type GuardScene, valueOf } from '../../testing/guard-scene.ts';
import type { PrincipalProof } from './claim-types.ts';

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
  escalate: ask the desk lead for the export role
allow:
  - { id: export, tool: crm.export }
`;

function proofOf({ clock }: GuardScene, of: Partial<PrincipalProof['token']> = {}): PrincipalProof {
  const token = { digest: 'aa'.repeat(16), untilMs: clock.ms + 600_000, isOnce: true, ...of };
  return {
    principal: 'ada',
    claims: [
      {
        id: `oidc_${token.digest}_0`,
        name: 'roles',
        values: ['crm-export'],
        mechanism: 'oidc',
        verifiedAtMs: clock.ms,
        expiresAtMs: clock.ms + 600_000,
      },
    ],
    token,
  };
}

const ADA = {
  agent: 'support',
  principal: 'ada',
  task: null,
  room: null,
  attributes: {},
  name: null,
  subject: null,
  openedBy: 'front-end',
};

async function verdictOf(scene: GuardScene, session: string, request: string): Promise<string> {
  return valueOf(await scene.decide(session, request, 'crm.export')).verdict;
}

test('proofs: what a token proves counts in the session it opened', async () => {
  verifies('authority.verified', 'authority.session-binding');
  const scene = await guardScene({ pact: PACT });
  const session = await scene.open({ proof: proofOf(scene) });
  assert.equal(await verdictOf(scene, session, 'r1'), 'allow');
  const kinds = scene.entries().map(({ kind }) => kind);
  // That it was used stands before what was done with it.
  assert.deepEqual(kinds.slice(-4), ['token_used', 'session_opened', 'claim', 'decided']);
  const later = await scene.restart();
  assert.equal(await verdictOf(later, session, 'r2'), 'allow');
});

test('proofs: a token is used once, also after a restart', async () => {
  verifies('authority.verified');
  const scene = await guardScene({ pact: PACT });
  await scene.open({ proof: proofOf(scene) });
  const again = async (of: GuardScene, proof = proofOf(of)) =>
    codeOf(await of.guard.openSession({ ...ADA, proof }));
  assert.equal(await again(scene), 'token-used');
  assert.equal(await again(await scene.restart()), 'token-used');
  const reuse = { digest: 'bb'.repeat(16), isOnce: false };
  const session = await scene.open({ proof: proofOf(scene, reuse) });
  assert.equal(await again(scene, proofOf(scene, reuse)), 'done');
  const same = { agent: 'support', session, proof: proofOf(scene, reuse), claims: [] };
  assert.equal(codeOf(await scene.guard.prove(same)), 'token-used');
});

test('proofs: two openings race for one token, and one has it', async () => {
  verifies('authority.verified');
  const scene = await guardScene({ pact: PACT });
  const open = () => scene.guard.openSession({ ...ADA, proof: proofOf(scene) });
  const codes = (await Promise.all([open(), open(), open()])).map(codeOf);
  assert.deepEqual(codes.sort(), ['done', 'token-used', 'token-used']);
});

test('proofs: opening again under one name takes the same token, and no other', async () => {
  verifies('authority.session-binding');
  const scene = await guardScene({ pact: PACT });
  const named = { ...ADA, name: 'chat-1' };
  const first = valueOf(await scene.guard.openSession({ ...named, proof: proofOf(scene) }));
  const again = await scene.guard.openSession({ ...named, proof: proofOf(scene) });
  assert.equal(valueOf(again).session, first.session);
  const other = proofOf(scene, { digest: 'cc'.repeat(16) });
  assert.equal(codeOf(await scene.guard.openSession({ ...named, proof: other })), 'conflict');
});

test("proofs: a token that is not the principal's is refused, then and later", async () => {
  verifies('authority.session-binding');
  const scene = await guardScene({ pact: PACT });
  const proof = { ...proofOf(scene), principal: 'eve' };
  assert.equal(codeOf(await scene.guard.openSession({ ...ADA, proof })), 'conflict');
  const session = await scene.open();
  const prove = async (of: PrincipalProof) =>
    codeOf(await scene.guard.prove({ agent: 'support', session, proof: of, claims: [] }));
  assert.equal(await prove(proof), 'conflict');
  assert.equal(await verdictOf(scene, session, 'r1'), 'deny');
  assert.equal(await prove(proofOf(scene)), 'done');
  assert.equal(await verdictOf(scene, session, 'r2'), 'allow');
  assert.equal(await prove(proofOf(scene)), 'token-used');
});

test('proofs: what an opener attests holds for as long as it said, and can be ended', async () => {
  verifies('authority.verified');
  const scene = await guardScene({ pact: PACT });
  const claim = { name: 'roles', values: ['crm-export'], mechanism: 'api-key' as const };
  const session = await scene.open({ claims: [{ ...claim, withinMs: 60_000 }] });
  assert.equal(await verdictOf(scene, session, 'r1'), 'allow');
  scene.clock.wait(60_000);
  assert.equal(await verdictOf(scene, session, 'r2'), 'deny');
  const claims = [{ ...claim, withinMs: 60_000 }];
  valueOf(await scene.guard.prove({ agent: 'support', session, proof: null, claims }));
  assert.equal(await verdictOf(scene, session, 'r3'), 'allow');
  const id = idOf(scene.entries().findLast(({ kind }) => kind === 'claim'));
  valueOf(await scene.guard.revokeClaim({ agent: 'support', session, id, by: 'k1' }));
  assert.equal(await verdictOf(scene, session, 'r4'), 'deny');
  assert.equal(await verdictOf(await scene.restart(), session, 'r5'), 'deny');
});

test('proofs: who lacks authority is told where to ask, and that is written down', async () => {
  verifies('authority.no-path');
  const scene = await guardScene({ pact: PACT });
  const session = await scene.open();
  const first = valueOf(await scene.decide(session, 'r1', 'crm.export'));
  assert.deepEqual(first.obligations, [
    { kind: 'escalate', say: 'ask the desk lead for the export role' },
  ]);
  for (let more = 2; more <= 10; more += 1) await verdictOf(scene, session, `r${more}`);
  const later = await scene.restart();
  for (let more = 11; more <= 20; more += 1) await verdictOf(later, session, `r${more}`);
  const counts = later.entries().flatMap(({ kind, open }) => {
    return kind === 'escalated' ? [[open['rule'], open['count']]] : [];
  });
  assert.deepEqual(counts, [
    ['tier:elevated', 1],
    ['tier:elevated', 10],
  ]);
});

function idOf(entry: { readonly open: JsonObject } | undefined): string {
  const id = entry?.open['id'];
  assert.ok(typeof id === 'string');
  return id;
}
