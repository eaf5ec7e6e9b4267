import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { codeOf, type GuardScene, guardScene, valueOf } from '../../testing/guard-scene.ts';
import type { Outcome, OutcomeReport } from './guard.ts';

type Ready = {
  readonly scene: GuardScene;
  readonly session: string;
  readonly decision: string;
  readonly token: string;
  readonly report: (
    status: OutcomeReport['status'],
    of?: Partial<OutcomeReport>,
  ) => Promise<Outcome<{ readonly index: number }>>;
};

async function ready(tool = 'notes.add', args = {}): Promise<Ready> {
  const scene = await guardScene();
  const session = await scene.open();
  const answer = valueOf(await scene.decide(session, 'r1', tool, args));
  const { decision } = answer;
  const base = { agent: 'support', session, decision, result: 'done', records: null };
  return {
    scene,
    session,
    decision,
    token: answer.permit?.token ?? '',
    report: (status, of = {}) => scene.guard.outcome({ ...base, status, ...of }),
  };
}

test('outcome: one is recorded, the next is known', async () => {
  verifies('evidence.before-effect');
  const { scene, token, report } = await ready();
  valueOf(scene.guard.redeem({ agent: 'support', token }));
  const reports = await Promise.all([report('ok'), report('ok'), report('error')]);
  assert.deepEqual(reports.map(codeOf), ['done', 'outcome-known', 'outcome-known']);
  assert.equal(codeOf(await report('ok')), 'outcome-known');
  assert.equal(scene.entries().filter(({ kind }) => kind === 'outcome').length, 1);
  assert.equal(scene.entries().filter(({ kind }) => kind === 'finding').length, 0);
  assert.equal(scene.guard.status('support')?.inFlight, 0);
});

test('outcome: a known one is not said to be known before it is durable', async () => {
  verifies('evidence.before-effect');
  const { scene, report } = await ready();
  scene.log.holdSyncs();
  const first = report('not_sent');
  let isKnown = false;
  const second = report('not_sent').then((answer) => {
    isKnown = true;
    return answer;
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(isKnown, false);
  scene.log.releaseSyncs();
  assert.deepEqual([codeOf(await first), codeOf(await second)], ['done', 'outcome-known']);
});

test('outcome: an effect without its permit is recorded with the finding `bypass`', async () => {
  verifies('fleet.bypass');
  for (const status of ['ok', 'error'] as const) {
    const { scene, session, report } = await ready();
    valueOf(await report(status));
    const [outcome, finding] = scene.entries().slice(-2);
    assert.deepEqual([outcome?.kind, outcome?.open['redeemedAt']], ['outcome', null]);
    assert.deepEqual([finding?.kind, finding?.open], ['finding', { name: 'bypass' }]);
    const next = valueOf(await scene.decide(session, 'r2', 'notes.add'));
    assert.deepEqual([next.verdict, next.rules], ['deny', ['halt:session']]);
  }
});

test('outcome: what was not sent, or may have been, is no bypass', async () => {
  for (const status of ['not_sent', 'unknown'] as const) {
    const { scene, report } = await ready();
    valueOf(await report(status));
    assert.equal(scene.entries().at(-1)?.kind, 'outcome');
    assert.equal(scene.guard.status('support')?.inFlight, status === 'unknown' ? 1 : 0);
  }
});

test('outcome: an unknown one is followed by what is found out', async () => {
  verifies('pact.limits');
  const { scene, token, report } = await ready('refunds.pay', { amount: '50.00', order: 'a' });
  valueOf(scene.guard.redeem({ agent: 'support', token }));
  valueOf(await report('unknown'));
  valueOf(await report('unknown'));
  valueOf(await report('not_sent'));
  assert.equal(codeOf(await report('ok')), 'outcome-known');
  const session = await scene.open();
  for (const order of ['b', 'c']) {
    const args = { amount: '50.00', order };
    const { verdict } = valueOf(await scene.decide(session, order, 'refunds.pay', args));
    assert.equal(verdict, 'allow', 'what never left was given back');
  }
});

test('outcome: one for another session, an unknown decision or a refusal is refused', async () => {
  verifies('authority.session-binding');
  const { scene, session, decision, report } = await ready();
  const other = await scene.open();
  assert.equal(codeOf(await report('ok', { session: other })), 'unknown-decision');
  assert.equal(codeOf(await report('ok', { decision: 'dec_x' })), 'unknown-decision');
  const denied = valueOf(await scene.decide(other, 'r', 'files.delete'));
  const at = { session: other, decision: denied.decision };
  assert.equal(codeOf(await report('ok', at)), 'not-let-through');
  valueOf(await scene.guard.closeSession({ agent: 'support', session }));
  assert.equal(codeOf(await report('ok', { decision })), 'session-closed');
});
