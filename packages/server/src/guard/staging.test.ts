import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { checkRecord } from '../../testing/check-record.ts';
import { codeOf, type GuardScene, guardScene, valueOf } from '../../testing/guard-scene.ts';

const pactWith = (staging: string): string => `
pact: plumbline/v1
agent: support
purpose: Keep orders in order.
owner: desk@example.com
autonomy: 2
session: { customer_id: string }
tools:
  orders.get: { effect: read }
  orders.create: { effect: write }
gates: off
allow:
  - { id: read, tool: orders.get }
  - { id: create, tool: orders.create, when: 'args.ok == true' }
staging: ${staging}
`;

const SMALL = '{ tools: [orders.create], promote_after: 1h, sample: 29, checks: [errors] }';

async function act(
  scene: GuardScene,
  { session, request, status }: { session: string; request: string; status: 'ok' | 'error' },
): Promise<string | undefined> {
  const said = valueOf(await scene.decide(session, request, 'orders.create', { ok: true }));
  const of = { agent: 'support', session, decision: said.decision };
  valueOf(scene.guard.redeem({ agent: 'support', token: said.permit?.token ?? '' }));
  valueOf(await scene.guard.outcome({ ...of, status, result: null, records: null }));
  return said.route?.side;
}

async function actOften(
  scene: GuardScene,
  { session, count, mark }: { session: string; count: number; mark: string },
): Promise<void> {
  for (let each = 0; each < count; each += 1) {
    await act(scene, { session, request: `${mark}-${each}`, status: 'ok' });
  }
}

const phaseIn = (scene: GuardScene): string => scene.guard.staging.view('support')?.phase ?? 'none';

const movesIn = (scene: GuardScene): readonly unknown[] =>
  scene
    .entries()
    .filter(({ kind }) => kind === 'staging_moved')
    .map(({ open: { from, to, by } }) => [from, to, by]);

describe('staging in the guard', () => {
  test('staging: staged calls go to the staging upstream, as the record says', async () => {
    verifies('pact.staging', 'evidence.before-effect');
    const scene = await guardScene({ pact: pactWith(SMALL) });
    const session = await scene.open();
    const staged = valueOf(await scene.decide(session, 'a', 'orders.create', { ok: true }));
    const route = { side: 'staging', upstream: 'staging', phase: 'staging' };
    assert.deepEqual(staged.route, route);
    assert.equal(valueOf(await scene.decide(session, 'b', 'orders.get')).route, null);
    const decided = scene.entries().filter(({ kind }) => kind === 'decided');
    assert.deepEqual(
      decided.map(({ open }) => open['route'] ?? null),
      [route, null],
    );
    const permit = { agent: 'support', token: staged.permit?.token ?? '' };
    assert.deepEqual(valueOf(scene.guard.inspect(permit)).route, route);
  });

  test('staging: it is promoted once checks passed and time is over, not before', async () => {
    verifies('pact.staging');
    const scene = await guardScene({ pact: pactWith(SMALL) });
    const session = await scene.open();
    scene.clock.wait(3_600_000);
    await actOften(scene, { session, count: 28, mark: 'a' });
    assert.equal(phaseIn(scene), 'staging');
    const last = await act(scene, { session, request: 'last', status: 'ok' });
    assert.deepEqual([last, phaseIn(scene)], ['staging', 'promoted']);
    assert.equal(await act(scene, { session, request: 'live', status: 'ok' }), 'live');
    assert.deepEqual(movesIn(scene), [['staging', 'promoted', 'plumbline']]);
    const report = await checkRecord(scene);
    assert.deepEqual([report.answers.mismatch, report.broken], [0, []]);
  });

  test('staging: passed checks wait for the time, and the next decision notices', async () => {
    const scene = await guardScene({ pact: pactWith(SMALL) });
    const session = await scene.open();
    await actOften(scene, { session, count: 40, mark: 'a' });
    assert.equal(phaseIn(scene), 'staging');
    scene.clock.wait(3_600_000);
    assert.equal(await act(scene, { session, request: 'due', status: 'ok' }), 'live');
  });

  test('staging: it falls back by itself when a check fails, also from a share', async () => {
    verifies('pact.staging');
    const canary = '{ tools: [orders.create], share: 100%, sample: 29, checks: [errors] }';
    const scene = await guardScene({ pact: pactWith(canary) });
    const session = await scene.open();
    assert.equal(await act(scene, { session, request: 'a', status: 'error' }), 'live');
    assert.equal(phaseIn(scene), 'fallen-back');
    assert.equal(await act(scene, { session, request: 'b', status: 'ok' }), 'staging');
    scene.clock.wait(864_000_000);
    assert.equal(await act(scene, { session, request: 'c', status: 'ok' }), 'staging');
    assert.deepEqual(movesIn(scene), [['canary', 'fallen-back', 'plumbline']]);
  });

  test('staging: refusals and halts count where the pact names them', async () => {
    const checks = '{ refusals: { below: 10% }, halts: {} }';
    const staging = `{ tools: [orders.create], sample: 29, checks: ${checks} }`;
    const scene = await guardScene({ pact: pactWith(staging) });
    const session = await scene.open();
    await scene.decide(session, 'no', 'orders.create', { ok: false });
    await act(scene, { session, request: 'a', status: 'error' });
    assert.equal(phaseIn(scene), 'fallen-back');
    const halted = await guardScene({ pact: pactWith(staging) });
    const other = await halted.open();
    const halt = { agent: 'support', scope: 'session', target: other } as const;
    await halted.guard.halt({ ...halt, reason: 'odd', by: 'ops', incident: null });
    await halted.opened.sweep();
    assert.equal(phaseIn(halted), 'fallen-back');
  });

  test('staging: a person promotes, holds, takes back and begins again', async () => {
    verifies('pact.staging');
    const scene = await guardScene({ pact: pactWith(SMALL) });
    const of = { agent: 'support', reason: 'looked at it', by: 'emma' };
    const change = scene.guard.staging.change;
    valueOf(await change({ ...of, move: 'hold' }));
    assert.equal(codeOf(await change({ ...of, move: 'hold' })), 'conflict');
    const session = await scene.open();
    scene.clock.wait(3_600_000);
    await actOften(scene, { session, count: 29, mark: 'a' });
    assert.equal(phaseIn(scene), 'staging');
    assert.equal(valueOf(await change({ ...of, move: 'promote' })).phase, 'promoted');
    assert.equal(codeOf(await change({ ...of, move: 'promote' })), 'conflict');
    valueOf(await change({ ...of, move: 'fall-back' }));
    valueOf(await change({ ...of, move: 'restart' }));
    assert.deepEqual(movesIn(scene), [
      ['staging', 'staging', 'emma'],
      ['staging', 'promoted', 'emma'],
      ['promoted', 'fallen-back', 'emma'],
      ['fallen-back', 'staging', 'emma'],
    ]);
    const unstaged = await guardScene();
    assert.equal(unstaged.guard.staging.view('support'), null);
    assert.equal(unstaged.guard.staging.view('nobody'), undefined);
    assert.equal(codeOf(await unstaged.guard.staging.change({ ...of, move: 'hold' })), 'not-found');
  });

  test('staging: a restart goes on where it was, and another pact begins anew', async () => {
    verifies('pact.staging');
    const scene = await guardScene({ pact: pactWith(SMALL) });
    const session = await scene.open();
    await actOften(scene, { session, count: 20, mark: 'a' });
    const again = await scene.restart();
    assert.deepEqual(again.guard.staging.view('support'), scene.guard.staging.view('support'));
    assert.equal(again.guard.staging.view('support')?.checks[0]?.seen, 20);
    await actOften(again, { session, count: 9, mark: 'b' });
    again.clock.wait(3_600_000);
    assert.equal(await act(again, { session, request: 'live', status: 'ok' }), 'live');
    const next = again.pacts.load(pactWith(SMALL.replace('1h', '2h')));
    valueOf(await again.guard.arm('support', next));
    assert.equal(phaseIn(again), 'staging');
    valueOf(await again.guard.arm('support', again.pact));
    assert.equal(phaseIn(again), 'promoted');
  });
});
