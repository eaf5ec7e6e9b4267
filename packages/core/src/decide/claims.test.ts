import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type Scene, sceneOf, verifies } from '@plumbline/testkit';

import type { Claim } from '../authority/claim.ts';
import { attestedOf } from './decide.ts';
import { explain } from './explain.ts';
import { recompute } from './recompute.ts';
import { restore, snapshot, type Snapshot } from './snapshot.ts';

const PACT = `
pact: plumbline/v1
agent: desk
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
gates: off
persistence: off
tools:
  export.all: { effect: read, category: export, tier: elevated }
tiers:
  elevated: { claim: roles, contains: exporter, max_age: 1h }
  escalate: ask the data desk
allow: [{ id: export, tool: export.all }]
`;

const CALL = { tool: 'export.all' };
const REFUSED = ['deny', 'tier:elevated'];

function tellClaim(scene: Scene, more: Partial<Claim> = {}): Scene {
  const valid = { verifiedAtMs: scene.now, expiresAtMs: scene.now + 60_000 };
  const proved = { session: 's', name: 'roles', values: ['exporter'], mechanism: 'totp' } as const;
  return scene.tell({ kind: 'claim', at: scene.now, claim: { ...proved, ...valid, ...more } });
}

function reborn(scene: Scene): Scene {
  // A snapshot is plain JSON; printing and reading it gives it back as it was.
  scene.state = restore(JSON.parse(JSON.stringify(snapshot(scene.state))) as Snapshot);
  return scene;
}

describe('claims of single use', () => {
  it('are spent once, whatever a restart brings back', () => {
    verifies('authority.verified', 'pact.tiers');
    const scene = tellClaim(sceneOf(PACT).open(), { id: 'g1', once: true });
    assert.deepEqual(reborn(scene).propose(CALL).decision.grants, ['g1']);
    assert.deepEqual(reborn(scene).answer(CALL), REFUSED);
    assert.deepEqual(tellClaim(reborn(scene), { id: 'g1', once: true }).answer(CALL), REFUSED);
  });

  it('stand in the read set, so that the decision can be made again without the state', () => {
    verifies('evidence.recompute');
    const scene = tellClaim(sceneOf(PACT).open(), { id: 'g2', once: true });
    tellClaim(scene, { id: 'g1', once: true, expiresAtMs: scene.now + 1000 });
    const { decision, action } = scene.propose(CALL);
    assert.deepEqual(decision.readSet['claim/roles/exporter/3600000'], ['g1', 'g2']);
    const attested = attestedOf(scene.state, action);
    const { readSet, at: now } = decision;
    const again = recompute(scene.pact, { action, facts: [], now, attested, readSet });
    assert.deepEqual(again, { ok: true, value: decision });
  });

  it('take a snapshot from before there were any', () => {
    const scene = tellClaim(sceneOf(PACT).open());
    const saved = snapshot(scene.state);
    const recent = ['delegation', 'claimIds'];
    const text = JSON.stringify(saved, (name, value: unknown) =>
      recent.includes(name) ? undefined : value,
    );
    // A snapshot is plain JSON, and these two members may be absent.
    scene.state = restore(JSON.parse(text) as Snapshot);
    assert.deepEqual(scene.answer(CALL), ['allow', 'export']);
    assert.deepEqual(tellClaim(scene, { id: 'g1', once: true }).answer(CALL), ['allow', 'export']);
  });

  it('are not taken once a session knows as many ids as it may', () => {
    const scene = sceneOf(PACT).open();
    for (let index = 0; index < 1024; index += 1) {
      tellClaim(scene, { id: `g${index}`, values: [] });
    }
    assert.deepEqual(tellClaim(scene, { id: 'last', once: true }).answer(CALL), REFUSED);
    assert.deepEqual(tellClaim(scene).answer(CALL), ['allow', 'export']);
  });

  it('that other claims pushed out never come back', () => {
    const scene = tellClaim(sceneOf(PACT).open(), { id: 'g1', once: true });
    for (let index = 0; index < 64; index += 1) tellClaim(scene, { values: [] });
    assert.deepEqual(scene.answer(CALL), REFUSED);
    assert.deepEqual(tellClaim(scene, { id: 'g1', once: true }).answer(CALL), REFUSED);
  });
});

describe('explain', () => {
  it('names the claim that a tier asks for', () => {
    verifies('evidence.explain', 'authority.no-path');
    const { pact, state, now } = sceneOf(PACT).open();
    const action = sceneOf(PACT).action(CALL);
    const { flips, decision } = explain(pact, state, { action, facts: [], now });
    assert.deepEqual(flips, ['`roles` were proved to hold `exporter` (then: allow)']);
    assert.deepEqual(
      decision.obligations.map(({ kind, say }) => [kind, say]),
      [['escalate', 'ask the data desk']],
    );
  });
});
