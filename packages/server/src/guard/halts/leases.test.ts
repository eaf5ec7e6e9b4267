import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until, verifies } from '@plumbline/testkit';

import { codeOf, type GuardScene, guardScene, valueOf } from '../../../testing/guard-scene.ts';
import type { Answer } from '../guard.ts';

const OF = { agent: 'support', by: 'key-1' } as const;
const STOP = { agent: 'support', scope: 'agent', target: '', reason: 'a test', by: 'ops' } as const;

type Leased = {
  readonly scene: GuardScene;
  readonly session: string;
  readonly lease: string;
  /** The last stop before it was taken. */
  readonly stop: number;
  readonly answer: Answer;
};

async function leased(): Promise<Leased> {
  const scene = await guardScene();
  const session = await scene.open();
  const { lease, lastsMs, stop } = valueOf(scene.guard.leases.take({ ...OF, name: 'gateway' }));
  assert.equal(lastsMs, 2_000);
  const asked = { agent: 'support', session, request: 'r1', tool: 'notes.add', args: {} };
  const answer = valueOf(await scene.guard.decide({ ...asked, under: { lease, by: OF.by } }));
  return { scene, session, lease, stop, answer };
}

/** The entry that says what a halt ended comes after all outcomes it knows. */
async function untilSettled({ scene }: Pick<Leased, 'scene'>): Promise<void> {
  await until(() => scene.entries().some(({ kind }) => kind === 'halt_effective'));
}

test('leases: a permit under one is redeemed by its holder, never at the daemon', async () => {
  verifies('human.lease');
  const { scene, lease, answer } = await leased();
  assert.equal(answer.permit?.lease, lease);
  assert.equal(answer.permit.lastsMs, 2_000, 'no longer than the lease');
  const token = answer.permit.token;
  assert.equal(codeOf(scene.guard.redeem({ agent: 'support', token })), 'permit-void');
});

test('leases: a halt waits for its holder, who says what was forwarded', async () => {
  verifies('human.halt', 'human.lease');
  const { scene, lease, stop: known, answer } = await leased();
  const watch = scene.guard.leases.stops({ ...OF, lease, after: known, waitMs: 60_000 });
  const halted = valueOf(await scene.guard.halt(STOP));
  assert.deepEqual([halted.state, halted.waitingFor.length], ['latched', 1]);
  const { stops } = valueOf(await watch);
  assert.deepEqual([stops[0]?.halt, stops[0]?.voidsAll], [halted.halt, true]);
  const stop = stops[0]?.stop ?? 0;
  valueOf(scene.guard.leases.acknowledge({ ...OF, lease, stop, used: [answer.decision] }));
  const view = await scene.guard.findHalt(halted.halt, 0);
  assert.deepEqual([view?.state, view?.acknowledged.length], ['effective', 1]);
  await untilSettled({ scene });
  const after = await scene.guard.findHalt(halted.halt, 0);
  assert.deepEqual(
    after?.inFlight.map(({ end }) => end),
    ['running'],
    'it was forwarded',
  );
});

test('leases: what its holder did not forward was not sent', async () => {
  verifies('human.halt');
  const { scene, lease } = await leased();
  const halted = valueOf(await scene.guard.halt(STOP));
  valueOf(scene.guard.leases.acknowledge({ ...OF, lease, stop: 99, used: [] }));
  await untilSettled({ scene });
  const view = await scene.guard.findHalt(halted.halt, 0);
  assert.deepEqual(
    view?.inFlight.map(({ end }) => end),
    ['not_sent'],
  );
});

test('leases: one that runs out makes the halt effective, and its calls are kept', async () => {
  verifies('human.lease', 'pact.limits');
  const { scene, lease } = await leased();
  const halted = valueOf(await scene.guard.halt(STOP));
  scene.clock.wait(1_999);
  assert.equal((await scene.guard.findHalt(halted.halt, 0))?.state, 'latched');
  scene.clock.wait(1);
  const view = await scene.guard.findHalt(halted.halt, 0);
  assert.deepEqual([view?.state, view?.ranOut.length], ['effective', 1]);
  await untilSettled({ scene });
  assert.equal(scene.guard.status('support')?.inFlight, 1, 'nobody knows, so it is kept');
  const late = scene.guard.leases.renew({ ...OF, lease, used: [], ended: [] });
  assert.equal(codeOf(late), 'lease-unknown', 'it does not come back');
});

test('leases: they end with the daemon, and the next waits as long as one may last', async () => {
  verifies('human.lease');
  const { scene, lease } = await leased();
  const restarted = await scene.restart();
  const renewed = restarted.guard.leases.renew({ ...OF, lease, used: [], ended: [] });
  assert.equal(codeOf(renewed), 'lease-unknown');
  const halted = valueOf(await restarted.guard.halt(STOP));
  assert.deepEqual([halted.state, halted.waitingFor[0]?.lease], ['latched', 'earlier']);
  scene.clock.wait(2_000);
  assert.equal((await restarted.guard.findHalt(halted.halt, 0))?.state, 'effective');
});

test('leases: who took one alone may use it, and only while it lasts', async () => {
  verifies('human.lease', 'authority.session-binding');
  const { scene, session, lease } = await leased();
  const other = { agent: 'support', by: 'key-2' };
  const renew = scene.guard.leases.renew({ ...other, lease, used: [], ended: [] });
  assert.equal(codeOf(renew), 'lease-unknown');
  const asked = { agent: 'support', session, request: 'r2', tool: 'notes.add', args: {} };
  const stolen = await scene.guard.decide({ ...asked, under: { lease, by: 'key-2' } });
  assert.equal(codeOf(stolen), 'lease-unknown');
  scene.clock.wait(2_000);
  const late = await scene.guard.decide({ ...asked, under: { lease, by: OF.by } });
  assert.equal(codeOf(late), 'lease-unknown');
});

test('leases: an effect under one is no bypass when its holder redeemed the permit', async () => {
  verifies('human.lease');
  const { scene, session, lease, answer } = await leased();
  const { decision } = answer;
  const report = { agent: 'support', session, decision, status: 'ok', result: null } as const;
  const forwarded = { lease, msAgo: 3 };
  valueOf(await scene.guard.outcome({ ...report, records: null, forwarded }));
  assert.ok(!scene.entries().some(({ kind }) => kind === 'finding'));
});
