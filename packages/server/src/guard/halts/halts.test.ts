import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until, verifies } from '@plumbline/testkit';

import { codeOf, type GuardScene, guardScene, valueOf } from '../../../testing/guard-scene.ts';
import type { HaltOrder } from './order.ts';

const BASE = { agent: 'support', target: '', reason: 'a test', by: 'ops' } as const;
const AGENT: HaltOrder = { ...BASE, scope: 'agent' };

async function ruleOf(scene: GuardScene, session: string, request: string): Promise<string> {
  const answer = valueOf(await scene.decide(session, request, 'notes.add'));
  return answer.verdict === 'deny' ? (answer.rules[0] ?? '') : answer.verdict;
}

/** The entry that says what a halt ended comes after all outcomes it knows. */
async function untilEffective(scene: GuardScene): Promise<void> {
  await until(() => scene.entries().some(({ kind }) => kind === 'halt_effective'));
}

test('halts: a room, a tool or a task stops what it names and nothing beside it', async () => {
  verifies('human.halt');
  const scene = await guardScene();
  const inRoom = await scene.open({ room: 'r-1' });
  const outside = await scene.open({ principal: 'bob' });
  valueOf(await scene.guard.halt({ ...BASE, scope: 'room', target: 'r-1' }));
  assert.equal(await ruleOf(scene, inRoom, 'r1'), 'halt:room');
  assert.equal(await ruleOf(scene, outside, 'r1'), 'allow');
  valueOf(await scene.guard.halt({ ...BASE, scope: 'tool', target: 'notes.add' }));
  assert.equal(await ruleOf(scene, outside, 'r2'), 'halt:tool');
  const read = valueOf(await scene.decide(outside, 'r3', 'orders.get'));
  assert.equal(read.verdict, 'allow');
  valueOf(await scene.guard.resume({ ...BASE, scope: 'tool', target: 'notes.add' }));
  assert.equal(await ruleOf(scene, outside, 'r4'), 'allow');
  const later = await scene.open({ room: 'r-1', principal: 'eve' });
  assert.equal(await ruleOf(scene, later, 'r1'), 'halt:room', 'sessions to come stop as well');
});

test('halts: a name the armed pact does not know is stopped, with a warning', async () => {
  verifies('human.halt');
  const scene = await guardScene();
  const stop = async (scope: 'tool' | 'task', target: string) =>
    valueOf(await scene.guard.halt({ ...BASE, scope, target })).warning;
  const why = 'the armed pact knows no tool `notes.ad`, did you mean `notes.add`';
  assert.equal(await stop('tool', 'notes.ad'), `${why}: only what has that name is stopped`);
  assert.match((await stop('task', 'nothing-like-it')) ?? '', /knows no task/);
  assert.equal(await stop('tool', 'notes.add'), null);
  assert.equal(await stop('tool', 'output.message'), null);
});

test('halts: one of the fleet holds for every agent, those to come included', async () => {
  verifies('human.halt');
  const scene = await guardScene();
  const session = await scene.open();
  const fleet = { ...BASE, agent: null, scope: 'fleet' } as const;
  const halted = valueOf(await scene.guard.halt(fleet));
  assert.equal(await ruleOf(scene, session, 'r1'), 'halt:fleet');
  valueOf(await scene.guard.addAgent('sales', 'local'));
  assert.deepEqual(
    scene.guard.status('sales')?.halts.map(({ scope }) => scope),
    ['fleet'],
  );
  const [view] = scene.guard.halts();
  assert.deepEqual([view?.halt, view?.agent, view?.scope], [halted.halt, null, 'fleet']);
  const kinds = scene.entries().map(({ kind }) => kind);
  assert.ok(kinds.includes('fleet_halted'));
  valueOf(await scene.guard.resume(fleet));
  assert.equal(await ruleOf(scene, session, 'r2'), 'allow');
  assert.deepEqual(scene.guard.status('sales')?.halts, []);
});

test('halts: a permit given before is void, and what it reserved comes back', async () => {
  verifies('human.halt', 'pact.limits');
  const scene = await guardScene();
  const session = await scene.open();
  const pay = (request: string, order: string) =>
    scene.decide(session, request, 'refunds.pay', { order, amount: '50.00' });
  const first = valueOf(await pay('r1', 'a'));
  const used = valueOf(await pay('r2', 'b'));
  valueOf(scene.guard.redeem({ agent: 'support', token: used.permit?.token ?? '' }));
  const { halt } = valueOf(await scene.guard.halt(AGENT));
  await untilEffective(scene);
  const token = first.permit?.token ?? '';
  assert.equal(codeOf(scene.guard.redeem({ agent: 'support', token })), 'permit-void');
  const view = await scene.guard.findHalt(halt, 0);
  assert.equal(view?.state, 'effective');
  assert.deepEqual(
    view?.inFlight.map(({ decision, end }) => [decision === first.decision, end]),
    [
      [true, 'not_sent'],
      [false, 'running'],
    ],
  );
  const last = scene.entries().slice(-2);
  assert.deepEqual(
    last.map(({ kind }) => kind),
    ['outcome', 'halt_effective'],
  );
  assert.deepEqual([last[1]?.open['running'], last[1]?.open['notSent']], [1, 1]);
  valueOf(await scene.guard.resume(AGENT));
  assert.equal(valueOf(await pay('r3', 'c')).verdict, 'allow', 'half of the budget is free again');
  assert.equal(valueOf(await pay('r4', 'd')).rules[0], 'budget:refund');
});

test('halts: an action that ran although it was never sent is the finding `bypass`', async () => {
  verifies('human.halt');
  const scene = await guardScene();
  const session = await scene.open();
  const { decision } = valueOf(await scene.decide(session, 'r1', 'notes.add'));
  const { halt } = valueOf(await scene.guard.halt(AGENT));
  await untilEffective(scene);
  const report = { agent: 'support', session, decision, result: null, records: null };
  const told = await scene.guard.outcome({ ...report, status: 'ok' });
  assert.equal(codeOf(told), 'outcome-known');
  const view = await scene.guard.findHalt(halt, 0);
  assert.deepEqual([view?.inFlight.length, view?.inFlight[0]?.end], [1, 'finished']);
  assert.deepEqual(scene.entries().filter(({ kind }) => kind === 'finding').length, 1);
  assert.equal(codeOf(await scene.guard.outcome({ ...report, status: 'ok' })), 'outcome-known');
  assert.deepEqual(scene.entries().filter(({ kind }) => kind === 'finding').length, 1, 'once');
});

test('halts: nothing follows the end of a session, whatever is reported as it closes', async () => {
  verifies('evidence.tlog');
  const scene = await guardScene();
  const session = await scene.open();
  const { decision } = valueOf(await scene.decide(session, 'r1', 'notes.add'));
  valueOf(await scene.guard.halt(AGENT));
  await untilEffective(scene);
  const report = { agent: 'support', session, decision, result: null, records: null };
  const told = scene.guard.outcome({ ...report, status: 'ok' });
  const closed = scene.guard.closeSession({ agent: 'support', session });
  assert.deepEqual([codeOf(await told), codeOf(await closed)], ['outcome-known', 'done']);
  const kinds = scene.entries().map(({ kind }) => kind);
  assert.deepEqual(kinds.slice(-2), ['finding', 'session_closed']);
});

test('halts: what the pact halts by itself is listed with its rule', async () => {
  verifies('enforce.persistence');
  const scene = await guardScene();
  const session = await scene.open();
  const { decision } = valueOf(await scene.decide(session, 'r1', 'notes.add'));
  const report = { agent: 'support', session, decision, result: null, records: null };
  valueOf(await scene.guard.outcome({ ...report, status: 'ok' }));
  const [view] = scene.guard.halts();
  assert.deepEqual(
    [view?.scope, view?.target, view?.reason, view?.by, view?.state],
    ['session', session, 'bypass', 'kernel', 'effective'],
  );
  const restarted = await scene.restart();
  assert.equal(restarted.guard.halts()[0]?.reason, 'bypass', 'a start knows it still');
  valueOf(await restarted.guard.resume({ ...BASE, scope: 'session', target: session }));
  assert.equal(await ruleOf(restarted, session, 'r2'), 'allow');
});

test('halts: after an optimisation incident only another objective goes on', async () => {
  verifies('human.resume');
  const scene = await guardScene();
  valueOf(await scene.guard.halt({ ...AGENT, incident: 'optimisation' }));
  assert.equal(codeOf(await scene.guard.resume(AGENT)), 'same-objective');
  assert.equal(scene.guard.status('support')?.halts.length, 1);
});

test('halts: a full halt file halts the fleet only where the log fails as well', async () => {
  verifies('human.halt', 'enforce.fail-closed');
  const kept = () => Promise.resolve();
  const haltPlace = { found: [], damage: null, clear: kept, close: kept };
  const scene = await guardScene({
    haltPlace: { ...haltPlace, save: () => Promise.resolve('full') },
  });
  const tool = { ...BASE, scope: 'tool', target: 'notes.add' } as const;
  const scopes = () => scene.guard.status('support')?.halts.map(({ scope }) => scope);
  valueOf(await scene.guard.halt(tool));
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(scopes(), ['tool']);
  scene.log.refuseAppends(true);
  valueOf(await scene.guard.halt({ ...tool, target: 'orders.get' }));
  assert.deepEqual(scopes(), ['tool', 'tool', 'fleet']);
  scene.log.refuseAppends(false);
});

test('halts: what a drill left in the halt file is forgotten, and halts nobody', async () => {
  verifies('human.drills');
  const cleared: string[] = [];
  const order = { agent: 'support~drill', scope: 'agent', target: '', reason: 'x', by: 'drill' };
  const left = { ...order, scope: 'agent', incident: null, id: 'hlt_1', at: 1 } as const;
  const scene = await guardScene({
    haltPlace: {
      found: [left],
      damage: null,
      save: () => Promise.resolve('saved'),
      clear: async (id) => void cleared.push(id),
      close: () => Promise.resolve(),
    },
  });
  assert.deepEqual(cleared, ['hlt_1']);
  assert.deepEqual([scene.guard.halts(), scene.guard.status('support')?.halts], [[], []]);
});
