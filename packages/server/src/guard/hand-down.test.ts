import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { ADA, codeOf, guardScene, type GuardScene, valueOf } from '../../testing/guard-scene.ts';
import type { Handover } from './claim-types.ts';
import type { OpenRequest } from './guard.ts';

// One pact for both, so that what differs is what was handed down.
const PACT = `
pact: plumbline/v1
agent: support
purpose: Export customers.
owner: desk@example.com
autonomy: 2
tools:
  orders.get: { effect: read, category: orders }
  notes.add: { effect: write, category: notes }
  crm.export: { effect: read, category: crm, tier: elevated }
tiers:
  elevated: { claim: roles, contains: crm-export, max_age: 1h }
allow:
  - { id: read, tool: orders.get }
  - { id: note, tool: notes.add }
  - { id: export, tool: crm.export }
  - { id: hand, tool: handoff.support-eu }
  - { id: back, tool: handoff.support-us }
`;

const CHILD = 'support-eu';

async function openScene(): Promise<GuardScene> {
  const scene = await guardScene({ pact: PACT });
  for (const agent of [CHILD, 'support-us']) {
    valueOf(await scene.guard.addAgent(agent, 'local'));
    valueOf(await scene.guard.arm(agent, scene.pact));
  }
  return scene;
}

let requests = 0;

/** Has a session decide a hand-off and redeem it; returns the decision. */
async function handOff(
  scene: GuardScene,
  session: string,
  { agent = 'support', to = CHILD }: { readonly agent?: string; readonly to?: string } = {},
): Promise<string> {
  requests += 1;
  const tool = `handoff.${to}`;
  const request = `hand-${requests}`;
  const answer = valueOf(await scene.guard.decide({ agent, session, request, tool, args: {} }));
  const token = answer.permit?.token ?? '';
  return valueOf(scene.guard.redeem({ agent, token })).decision;
}

function childOf(of: Partial<Handover>, request: Partial<OpenRequest> = {}): OpenRequest {
  const all = { tools: null, effects: null, claims: [], untilMs: null };
  const parent = { agent: 'support', session: '', decision: null, ...all, ...of };
  return { ...ADA, agent: CHILD, principal: '', ...request, parent };
}

async function verdictOf(
  scene: GuardScene,
  session: string,
  { tool, agent = CHILD }: { readonly tool: string; readonly agent?: string },
): Promise<string> {
  requests += 1;
  const asked = { agent, session, request: `r-${requests}`, tool, args: {} };
  const answer = await scene.guard.decide(asked);
  return answer.ok ? answer.value.verdict : answer.error.code;
}

async function opened(scene: GuardScene, request: OpenRequest): Promise<string> {
  return valueOf(await scene.guard.openSession(request)).session;
}

test('delegation: a session is handed down by a hand-off that was let through, once', async () => {
  verifies('authority.delegation');
  const scene = await openScene();
  const session = await scene.open();
  const code = async (of: Partial<Handover>, request: Partial<OpenRequest> = {}) =>
    codeOf(await scene.guard.openSession(childOf({ session, ...of }, request)));
  assert.equal(await code({}), 'bad-request');
  assert.equal(await code({ decision: 'dec_none' }), 'not-let-through');
  const asked = { agent: 'support', session, request: 'h', tool: `handoff.${CHILD}`, args: {} };
  const answer = valueOf(await scene.guard.decide(asked));
  scene.clock.wait(60_000);
  assert.equal(await code({ decision: answer.decision }), 'not-let-through');
  const decision = await handOff(scene, session);
  assert.equal(
    await code({ decision: await handOff(scene, session, { to: 'support-us' }) }),
    'not-let-through',
  );
  assert.equal(await code({ decision }, { principal: 'eve' }), 'conflict');
  assert.equal(await code({ decision }, { room: 'r' }), 'conflict');
  assert.equal(await code({ decision }, { subject: 'eve' }), 'bad-request');
  assert.equal(await code({ decision }), 'done');
  assert.equal(await code({ decision }), 'conflict');
  const later = await scene.restart();
  const again = await later.guard.openSession(childOf({ session, decision }));
  assert.equal(codeOf(again), 'not-let-through');
});

test('delegation: a chain narrows tools, effects and time, and more is refused', async () => {
  verifies('authority.delegation');
  const scene = await openScene();
  const session = await scene.open();
  const untilMs = scene.clock.ms + 60_000;
  const link = { session, decision: await handOff(scene, session), untilMs };
  const child = await opened(scene, childOf({ ...link, tools: ['orders.*', 'handoff.*'] }));
  assert.equal(await verdictOf(scene, child, { tool: 'orders.get' }), 'allow');
  assert.equal(await verdictOf(scene, child, { tool: 'notes.add' }), 'deny');
  const below = {
    agent: CHILD,
    session: child,
    decision: await handOff(scene, child, { agent: CHILD, to: 'support-us' }),
    untilMs: untilMs + 1_000_000,
  };
  const us = { agent: 'support-us' };
  const grandchild = await opened(scene, childOf(below, us));
  assert.equal(await verdictOf(scene, grandchild, { tool: 'orders.get', ...us }), 'allow');
  assert.equal(await verdictOf(scene, grandchild, { tool: 'notes.add', ...us }), 'deny');
  const later = await scene.restart();
  assert.equal(await verdictOf(later, grandchild, { tool: 'orders.get', ...us }), 'allow');
  assert.equal(await verdictOf(later, grandchild, { tool: 'notes.add', ...us }), 'deny');
  later.clock.wait(60_000);
  assert.equal(await verdictOf(later, grandchild, { tool: 'orders.get', ...us }), 'deny');
});

test('delegation: claims are handed down when named, and are never more than above', async () => {
  verifies('authority.delegation');
  const scene = await openScene();
  const claim = { name: 'roles', values: ['crm-export', 'other'], mechanism: 'api-key' as const };
  const session = await scene.open({ claims: [{ ...claim, withinMs: 600_000 }] });
  const hand = async (claims: Handover['claims']) =>
    scene.guard.openSession(childOf({ session, decision: await handOff(scene, session), claims }));
  const tool = 'crm.export';
  const bare = valueOf(await hand([])).session;
  assert.equal(await verdictOf(scene, bare, { tool }), 'deny');
  const more = [{ name: 'roles', values: ['crm-export', 'admin'] }];
  assert.equal(codeOf(await hand(more)), 'bad-request');
  assert.equal(codeOf(await hand([{ name: 'groups', values: ['crm-export'] }])), 'bad-request');
  const child = valueOf(await hand([{ name: 'roles', values: ['crm-export'] }])).session;
  assert.equal(await verdictOf(scene, child, { tool }), 'allow');
  const prove = { agent: CHILD, session: child, proof: null, claims: [{ ...claim, withinMs: 1 }] };
  assert.equal(codeOf(await scene.guard.prove(prove)), 'conflict');
  const id = idOf(scene.entries().find(({ kind }) => kind === 'claim'));
  valueOf(await scene.guard.revokeClaim({ agent: 'support', session, id, by: 'k1' }));
  assert.equal(await verdictOf(scene, child, { tool }), 'deny');
});

test('delegation: a grant of single use stays where it is', async () => {
  verifies('authority.delegation');
  const scene = await openScene();
  const session = await scene.open();
  const times = { verifiedAtMs: scene.clock.ms, expiresAtMs: scene.clock.ms + 600_000 };
  const once = { id: 'g1', once: true, mechanism: 'totp' as const, ...times };
  const claim = { session, name: 'roles', values: ['crm-export'], ...once };
  valueOf(await scene.guard.claim({ agent: 'support', claim }));
  const decision = await handOff(scene, session);
  const claims = [{ name: 'roles', values: ['crm-export'] }];
  const handed = await scene.guard.openSession(childOf({ session, decision, claims }));
  assert.equal(codeOf(handed), 'bad-request');
});

test('delegation: what was handed down ends and halts with what handed it down', async () => {
  verifies('authority.delegation', 'human.halt');
  const scene = await openScene();
  const start = async (): Promise<readonly [string, string]> => {
    const session = await scene.open();
    const decision = await handOff(scene, session);
    return [session, await opened(scene, childOf({ session, decision }))];
  };
  const tool = 'orders.get';
  const [closed, ended] = await start();
  valueOf(await scene.guard.closeSession({ agent: 'support', session: closed }));
  assert.equal(await verdictOf(scene, ended, { tool }), 'session-closed');
  const [halted, stopped] = await start();
  const stop = {
    agent: 'support',
    scope: 'session',
    target: halted,
    reason: 'x',
    by: 'k',
  } as const;
  valueOf(await scene.guard.halt(stop));
  assert.equal(await verdictOf(scene, stopped, { tool }), 'deny');
  const decision = 'dec_x';
  const more = await scene.guard.openSession(childOf({ session: halted, decision }));
  assert.equal(codeOf(more), 'conflict');
  assert.equal(await verdictOf(await scene.restart(), stopped, { tool }), 'deny');
  const [, free] = await start();
  assert.equal(await verdictOf(scene, free, { tool }), 'allow');
  valueOf(await scene.guard.halt({ ...stop, scope: 'agent', target: '' }));
  assert.equal(await verdictOf(scene, free, { tool }), 'deny');
});

test('delegation: a chain has at most eight links', async () => {
  verifies('authority.delegation');
  const scene = await openScene();
  let place = { agent: 'support', session: await scene.open() };
  for (let links = 1; links <= 9; links += 1) {
    const to = place.agent === CHILD ? 'support-us' : CHILD;
    const decision = await handOff(scene, place.session, { agent: place.agent, to });
    const handed = await scene.guard.openSession(childOf({ ...place, decision }, { agent: to }));
    assert.equal(codeOf(handed), links === 9 ? 'bad-request' : 'done', `link ${links}`);
    if (handed.ok) place = { agent: to, session: handed.value.session };
  }
});

function idOf(entry: { readonly open: JsonObject } | undefined): string {
  const id = entry?.open['id'];
  assert.ok(typeof id === 'string');
  return id;
}
