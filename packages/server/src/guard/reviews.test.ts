import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { codeOf, type GuardScene, guardScene, valueOf } from '../../testing/guard-scene.ts';
import { actionOf } from './decide-action.ts';

const PACT = `
pact: plumbline/v1
agent: support
purpose: Keep tickets in order.
owner: desk@example.com
autonomy: 2
session: { customer_id: string }
tools:
  tickets.update: { effect: write, category: tickets, entity: { kind: ticket, id: id } }
gates: off
persistence: { warn: 1000, pause: 2000, halt: 3000 }
allow:
  - { id: all, tool: tickets.update }
`;

async function sceneWithLock(): Promise<GuardScene> {
  const scene = await guardScene({ pact: PACT });
  const lock = { entity: 'ticket', id: 'T-7', field: null, untilMs: null, by: 'webhook' };
  valueOf(await scene.guard.people.lock({ ...lock, agent: 'support', reason: 'closed' }));
  return scene;
}

async function reopen(scene: GuardScene, session: string, as: string): Promise<void> {
  const args = { id: 'T-7', status: as };
  await scene.decide(session, as, 'tickets.update', args);
}

function openReviews({ guard }: GuardScene): number {
  return guard.status('support')?.reviews ?? -1;
}

test('reviews: three distinct attempts to undo what a person decided raise one', async () => {
  verifies('human.feedback');
  const scene = await sceneWithLock();
  const session = await scene.open();
  await reopen(scene, session, 'open');
  await reopen(scene, session, 'new');
  await scene.decide(session, 'again', 'tickets.update', { id: 'T-7', status: 'new' });
  assert.equal(openReviews(scene), 0);
  await reopen(scene, session, 'todo');
  await reopen(scene, session, 'redo');
  assert.equal(openReviews(scene), 1);
  const [raised] = scene.entries().filter(({ kind }) => kind === 'review_raised');
  const { actions, sessions, what, because } = raised?.open ?? {};
  assert.deepEqual({ actions, sessions, what }, { actions: 3, sessions: 1, what: 'objective' });
  assert.ok(Array.isArray(because) && because.length === 4);
});

test('reviews: attempts count over sessions and restarts, not beyond the window', async () => {
  verifies('human.feedback');
  let scene = await sceneWithLock();
  await reopen(scene, await scene.open({ principal: 'ada' }), 'open');
  scene.clock.wait(7 * 86_400_000);
  await reopen(scene, await scene.open({ principal: 'bob' }), 'open');
  await reopen(scene, await scene.open({ principal: 'eve' }), 'open');
  assert.equal(openReviews(scene), 0);
  scene = await scene.restart();
  await reopen(scene, await scene.open({ principal: 'max' }), 'open');
  assert.equal(openReviews(scene), 1);
  assert.equal(openReviews(await scene.restart()), 1);
});

test('reviews: what a person took back counts when it is done again', async () => {
  verifies('human.feedback');
  const scene = await guardScene({ pact: PACT });
  const { people } = scene.guard;
  const session = await scene.open();
  const act = (request: string, id: string) => {
    return scene.decide(session, request, 'tickets.update', { id, status: 'open' });
  };
  const subject = (await scene.subjects.named('ada')).id;
  for (const id of ['T-1', 'T-2', 'T-3']) {
    const { decision } = valueOf(await act(`first ${id}`, id));
    const args = { id, status: 'open' };
    const { digest: action } = actionOf({ session, request: id, tool: 'tickets.update', args });
    const said = { agent: 'support', decision, label: 'undone', by: 'k1', note: 'no' } as const;
    valueOf(await people.correct({ ...said, action, subject }));
  }
  assert.equal(openReviews(scene), 0);
  for (const id of ['T-1', 'T-2', 'T-3']) await act(`second ${id}`, id);
  assert.equal(openReviews(scene), 1);
});

test('reviews: a person closes one with a finding, and counting starts afresh', async () => {
  verifies('human.feedback');
  const scene = await sceneWithLock();
  const { people } = scene.guard;
  const session = await scene.open();
  for (const as of ['a', 'b', 'c']) await reopen(scene, session, as);
  const [review] = people.reviews('support') ?? [];
  const closing = { agent: 'support', id: review?.id ?? '', by: 'k1', reason: 'paid per ticket' };
  valueOf(await people.closeReview({ ...closing, finding: 'objective' }));
  assert.equal(openReviews(scene), 0);
  assert.equal(people.reviews('support')?.[0]?.finding, 'objective');
  await reopen(scene, session, 'd');
  assert.equal(openReviews(scene), 0);
  const twice = await people.closeReview({ ...closing, finding: 'nothing' });
  assert.equal(codeOf(twice), 'conflict');
  const none = await people.closeReview({ ...closing, id: 'rev_0', finding: 'nothing' });
  assert.equal(codeOf(none), 'not-found');
});

const STOP = { agent: 'support', scope: 'agent', target: '', by: 'ann' } as const;

test('reviews: where configured one halts the agent until its objective has changed', async () => {
  verifies('human.feedback', 'human.resume', 'human.lease');
  const review = { actions: 2, sessions: 9, windowMs: 60_000, halts: true };
  const scene = await guardScene({ pact: PACT, review });
  const { guard } = scene;
  const lock = { entity: 'ticket', id: 'T-7', field: null, untilMs: null, by: 'webhook' };
  valueOf(await scene.guard.people.lock({ ...lock, agent: 'support', reason: 'closed' }));
  const session = await scene.open();
  const of = { agent: 'support', by: 'key-1' } as const;
  const { lease, stop } = valueOf(guard.leases.take({ ...of, name: 'gateway' }));
  for (const as of ['a', 'b']) await reopen(scene, session, as);
  const [view] = guard.halts();
  assert.deepEqual(
    [view?.scope, view?.by, view?.incident, view?.state],
    ['agent', 'review', 'optimisation', 'latched'],
  );
  const told = valueOf(await guard.leases.stops({ ...of, lease, after: stop, waitMs: 0 }));
  assert.deepEqual([told.stops.length, told.stops[0]?.halt], [1, view?.halt]);
  const [halted] = scene.entries().filter(({ kind }) => kind === 'halt');
  assert.equal(halted?.open['incident'], 'optimisation');
  const args = { id: 'T-1', status: 'open' };
  const refused = valueOf(await scene.decide(session, 'r1', 'tickets.update', args));
  assert.deepEqual(refused.rules.slice(0, 1), ['halt:agent']);
  const resume = { ...STOP, reason: 'measured otherwise' };
  assert.equal(codeOf(await guard.resume(resume)), 'same-objective');
  const other = scene.pacts.load(`${PACT}goal: Close what is done.\n`);
  valueOf(await guard.arm('support', other));
  valueOf(await guard.resume(resume));
  assert.equal(typeof guard.halts()[0]?.resumedAt, 'number');
});
