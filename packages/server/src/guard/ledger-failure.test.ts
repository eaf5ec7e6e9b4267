import assert from 'node:assert/strict';
import { test } from 'node:test';

import { snapshot } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { ADA, codeOf, type GuardScene, guardScene, valueOf } from '../../testing/guard-scene.ts';
import type { Outcome } from './guard.ts';

const AT = { agent: 'support' };
const STOP = { ...AT, scope: 'agent', target: '', reason: 'drill', by: 'op' } as const;

type Ready = { readonly scene: GuardScene; readonly session: string; readonly decision: string };

// Everything that is written down, from a session with one action in flight.
const WRITERS: readonly ((ready: Ready) => Promise<Outcome<unknown>>)[] = [
  ({ scene }) => scene.guard.openSession(ADA),
  ({ scene, session }) => scene.guard.closeSession({ ...AT, session }),
  ({ scene, session }) => scene.guard.message({ ...AT, session, from: 'untrusted', text: 'x' }),
  ({ scene, session }) => scene.decide(session, 'r2', 'notes.add'),
  ({ scene, session }) => scene.decide(session, 'r2', 'files.delete'),
  ({ scene, session }) => scene.decide(session, 'r1', 'notes.add', { other: true }),
  ({ scene, session, decision }) => {
    const report = { ...AT, session, decision, result: 'x', records: null };
    return scene.guard.outcome({ ...report, status: 'ok' });
  },
  ({ scene }) => scene.guard.resume(STOP),
  ({ scene }) => scene.guard.addAgent('other', 'local'),
  ({ scene }) => scene.guard.arm('support', scene.pact),
  async ({ scene }) => scene.guard.forget((await scene.subjects.named('ada')).id),
];

async function ready(): Promise<Ready> {
  const scene = await guardScene();
  const session = await scene.open();
  const { decision } = valueOf(await scene.decide(session, 'r1', 'notes.add'));
  return { scene, session, decision };
}

test('ledger failure: a log that is full for the moment leaves everything as it was', async () => {
  verifies('enforce.fail-closed', 'evidence.before-effect');
  for (const [at, write] of WRITERS.entries()) {
    const one = await ready();
    const before = one.scene.opened.states().map(snapshot);
    one.scene.log.refuseAppends(true);
    assert.equal(codeOf(await write(one)), 'overloaded', `writer ${at}`);
    assert.deepEqual(one.scene.opened.states().map(snapshot), before, `writer ${at}`);
    one.scene.log.refuseAppends(false);
    assert.match(codeOf(await write(one)), /^(done|conflict)$/, `writer ${at}`);
    const restarted = await one.scene.reopen();
    const live = one.scene.opened.states().map(snapshot);
    assert.deepEqual(restarted.states().map(snapshot), live, `writer ${at}`);
  }
});

test('ledger failure: what an outcome gives away is in force where the log is full', async () => {
  verifies('evidence.before-effect', 'human.halt');
  const scene = await guardScene({ backlog: 1 });
  const session = await scene.open();
  const { decision } = valueOf(await scene.decide(session, 'r1', 'notes.add'));
  const report = { ...AT, session, decision, status: 'ok', result: 'x', records: null } as const;
  scene.log.holdSyncs();
  // There is room for the outcome and none for the finding `bypass`, which halts the session.
  const told = scene.guard.outcome(report);
  scene.log.releaseSyncs();
  valueOf(await told);
  assert.equal(scene.entries().at(-1)?.kind, 'outcome');
  const next = scene.decide(session, 'r2', 'orders.get');
  assert.equal(codeOf(await next), 'overloaded', 'what is owed comes first');
  const after = valueOf(await scene.decide(session, 'r2', 'orders.get'));
  assert.deepEqual([after.verdict, after.rules], ['deny', ['halt:session']]);
  const kinds = scene.entries().map(({ kind }) => kind);
  assert.deepEqual(kinds.slice(-3), ['outcome', 'finding', 'decided']);
});

test('ledger failure: a log that stopped refuses everything from then on', async () => {
  verifies('enforce.fail-closed', 'evidence.before-effect');
  for (const [at, write] of WRITERS.entries()) {
    const one = await ready();
    one.scene.log.failSyncs();
    assert.equal(codeOf(await write(one)), 'unavailable', `writer ${at}`);
    for (const [after, other] of WRITERS.entries()) {
      assert.equal(codeOf(await other(one)), 'unavailable', `writer ${after} after ${at}`);
    }
    assert.equal(codeOf(one.scene.guard.redeem({ ...AT, token: 'x' })), 'unavailable');
  }
});

test('ledger failure: nothing that was in flight is answered', async () => {
  verifies('evidence.before-effect');
  const { scene, session } = await ready();
  scene.log.holdSyncs();
  const asked = [2, 3, 4].map((at) => scene.decide(session, `r${at}`, 'notes.add'));
  const repeat = scene.decide(session, 'r2', 'notes.add');
  const halting = scene.guard.halt(STOP);
  scene.log.failSyncs();
  const codes = (await Promise.all([...asked, repeat, halting])).map(codeOf);
  assert.deepEqual([...new Set(codes)], ['unavailable']);
  assert.equal(scene.guard.status('support')?.halts.length, 1, 'a halt stays in force');
});

test('ledger failure: a guard that closes answers what waits, and takes nothing more', async () => {
  const { scene, session } = await ready();
  scene.log.holdSyncs();
  const asked = scene.decide(session, 'r2', 'notes.add');
  const closing = scene.guard.close();
  assert.equal(codeOf(await scene.decide(session, 'r3', 'notes.add')), 'unavailable');
  scene.log.releaseSyncs();
  await closing;
  valueOf(await asked);
});
