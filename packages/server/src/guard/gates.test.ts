import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { codeOf, type GuardScene, guardScene, valueOf } from '../../testing/guard-scene.ts';

const PACT = `
pact: plumbline/v1
agent: support
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
session: { customer_id: string }
tools:
  orders.get: { effect: read, category: orders }
  crm.read: { effect: read, category: crm }
  crm.export: { effect: read, category: crm }
unlisted: block_and_replan
persistence: { warn: 1000, pause: 2000, halt: 3000 }
gates: { widen_after: 2, approvers: [lena@example.com, role:privacy] }
allow:
  - { id: read, tool: [orders.get, crm.read] }
exclude:
  - { id: no-export, tool: crm.export, say: exports are for people }
`;

const LENA = { id: 'lena@example.com', email: 'lena@example.com', groups: [], names: ['lena'] };
const OPEN = {
  agent: 'support',
  category: 'crm',
  session: null,
  outcome: 'opened',
  reason: 'reading is fine',
  by: 'k1',
  person: LENA,
} as const;

async function violate(scene: GuardScene, principal: string): Promise<string> {
  const session = await scene.open({ principal });
  const answer = valueOf(await scene.decide(session, 'bad', 'crm.export'));
  assert.equal(answer.verdict, 'deny');
  return session;
}

async function verdictOf(scene: GuardScene, session: string, request: string): Promise<string> {
  return valueOf(await scene.decide(session, request, 'crm.read')).verdict;
}

test('gates: a violation pauses its category until a person opens it', async () => {
  verifies('enforce.review-gate');
  const scene = await guardScene({ pact: PACT });
  const { people } = scene.guard;
  const session = await violate(scene, 'ada');
  assert.equal(await verdictOf(scene, session, 'r1'), 'step_up');
  assert.equal(valueOf(await scene.decide(session, 'r2', 'orders.get')).verdict, 'allow');
  const [gate] = people.closedGates('support') ?? [];
  const { because, ...rest } = gate ?? { because: [] };
  assert.equal(because.length, 1);
  assert.deepEqual(rest, {
    category: 'crm',
    session,
    state: 'closed',
    since: Date.UTC(2026, 0, 1, 12),
    violations: 1,
    principals: 1,
    approvers: ['lena@example.com', 'role:privacy'],
  });
  const decided = valueOf(await people.decideGate({ ...OPEN, session }));
  assert.deepEqual(decided.changed, [{ session, category: 'crm' }]);
  assert.deepEqual(decided.because, because);
  assert.equal(await verdictOf(scene, session, 'r3'), 'allow');
  assert.deepEqual(people.closedGates('support'), []);
});

test('gates: distinct principals close it for the agent, one word opens all', async () => {
  verifies('enforce.review-gate');
  const before = await guardScene({ pact: PACT });
  const sessions = [await violate(before, 'ada'), await violate(before, 'bob')];
  const other = await before.open({ principal: 'eve' });
  assert.equal(await verdictOf(before, other, 'r1'), 'step_up');
  const scene = await before.restart();
  const { people } = scene.guard;
  assert.deepEqual(people.closedGates('support'), before.guard.people.closedGates('support'));
  const shared = people.closedGates('support')?.find(({ session }) => session === null);
  assert.equal(shared?.principals, 2);
  assert.equal(shared.violations, 2);
  const decided = valueOf(await people.decideGate(OPEN));
  assert.deepEqual(
    decided.changed.map(({ session }) => session),
    [...sessions.slice(0, 2), null].sort((a, b) => order(sessions, a) - order(sessions, b)),
  );
  for (const [at, session] of [...sessions, other].entries()) {
    assert.equal(await verdictOf(scene, session, `again${at}`), 'allow');
  }
});

function order(sessions: readonly string[], session: string | null): number {
  return session === null ? 2 : sessions.indexOf(session);
}

test('gates: one that is kept stays refused, after a restart too', async () => {
  verifies('enforce.review-gate');
  const scene = await guardScene({ pact: PACT });
  const session = await violate(scene, 'ada');
  valueOf(await scene.guard.people.decideGate({ ...OPEN, session, outcome: 'kept' }));
  const again = await scene.restart();
  assert.equal(await verdictOf(again, session, 'r1'), 'deny');
  assert.equal(again.guard.people.closedGates('support')?.[0]?.state, 'kept');
  const twice = await again.guard.people.decideGate({ ...OPEN, session, outcome: 'kept' });
  assert.equal(codeOf(twice), 'conflict');
});

test('gates: one that is kept voids what was let through and not forwarded', async () => {
  verifies('enforce.review-gate');
  const scene = await guardScene({ pact: PACT });
  const given = await scene.open();
  const token = valueOf(await scene.decide(given, 'r1', 'crm.read')).permit?.token ?? '';
  const orders = valueOf(await scene.decide(await scene.open(), 'r1', 'orders.get'));
  await violate(scene, 'ada');
  await violate(scene, 'bob');
  valueOf(await scene.guard.people.decideGate({ ...OPEN, outcome: 'kept' }));
  assert.equal(codeOf(scene.guard.redeem({ agent: 'support', token })), 'permit-void');
  const own = orders.permit?.token ?? '';
  assert.equal(codeOf(scene.guard.redeem({ agent: 'support', token: own })), 'done');
});

test('gates: nobody opens one who is not named, or whose own session had it closed', async () => {
  verifies('enforce.review-gate');
  const scene = await guardScene({ pact: PACT });
  const { people } = scene.guard;
  const session = await violate(scene, 'Lena@example.com');
  const own = await people.decideGate({ ...OPEN, session });
  assert.match(own.ok ? '' : own.error.message, /session of their own/);
  const named = await violate(scene, 'LENA');
  const byKey = await people.decideGate({ ...OPEN, session: named });
  assert.match(byKey.ok ? '' : byKey.error.message, /session of their own/);
  const eve = { id: 'eve@example.com', email: 'eve@example.com', groups: ['support'], names: [] };
  assert.equal(codeOf(await people.decideGate({ ...OPEN, session, person: eve })), 'forbidden');
  const opener = await people.decideGate({ ...OPEN, session, by: 'front-end', person: MAX });
  assert.equal(codeOf(opener), 'forbidden');
  assert.equal(codeOf(await people.decideGate({ ...OPEN, category: 'mail' })), 'not-found');
  assert.equal(codeOf(await people.decideGate({ ...OPEN, session, person: MAX })), 'done');
});

const MAX = { id: 'max@example.com', email: 'max@example.com', groups: ['privacy'], names: [] };
