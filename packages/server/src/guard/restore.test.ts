import assert from 'node:assert/strict';
import { test } from 'node:test';

import { snapshot } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { diceOf } from '../../testing/dice.ts';
import { live } from '../../testing/guard-life.ts';
import { checkRecord } from '../../testing/check-record.ts';
import { codeOf, type GuardScene, guardScene, valueOf } from '../../testing/guard-scene.ts';

function statesOf({ opened }: GuardScene): Readonly<Record<string, unknown>> {
  return Object.fromEntries(opened.states().map((state) => [state.agent, snapshot(state)]));
}

test('restore: the state folded from the log is the state that was live', async () => {
  verifies('evidence.recompute');
  for (const seed of [1, 2, 3]) {
    const scene = await guardScene();
    await live(scene, diceOf(seed), 150);
    const restarted = await scene.restart();
    assert.deepEqual(agentOf(statesOf(restarted)), agentOf(statesOf(scene)), `seed ${seed}`);
    await live(restarted, diceOf(seed + 100), 30);
    const again = await restarted.restart();
    assert.deepEqual(agentOf(statesOf(again)), agentOf(statesOf(restarted)), `seed ${seed}`);
  }
});

function agentOf(states: Readonly<Record<string, unknown>>): unknown {
  return states['support'];
}

test('restore: with people erased, what the agent used up is the same', async () => {
  verifies('evidence.erasure', 'pact.limits');
  for (const seed of [4, 5]) {
    const scene = await guardScene();
    await live(scene, diceOf(seed), 120);
    const { id } = await scene.subjects.named('bob');
    valueOf(await scene.guard.forget(id));
    scene.subjects.erase(id);
    const restarted = await scene.restart();
    const [one, other] = [scene, restarted].map(({ opened }) => {
      const state = opened.states().find(({ agent }) => agent === 'support');
      assert.ok(state !== undefined);
      const { counters, lastUsed, epoch, gates, halts, sessions, flights } = snapshot(state);
      return { counters, lastUsed, epoch, gates, halts, sessions, flights: flights.length };
    });
    assert.deepEqual(other, one, `seed ${seed}`);
  }
});

test('restore: requests, sessions by name and what is in flight go on', async () => {
  verifies('evidence.before-effect');
  const scene = await guardScene();
  const session = await scene.open({ name: 'case 7' });
  const first = valueOf(await scene.decide(session, 'r1', 'notes.add', { text: 'x' }));
  const denied = valueOf(await scene.decide(session, 'r2', 'files.delete'));
  const ended = valueOf(await scene.decide(session, 'r3', 'notes.add'));
  const end = { agent: 'support', session, decision: ended.decision, records: null } as const;
  valueOf(await scene.guard.outcome({ ...end, status: 'not_sent', result: null }));
  const restarted = await scene.restart();
  assert.equal(restarted.opened.unfinished(), 1);
  const again = await restarted.open({ name: 'case 7' });
  assert.equal(again, session);
  const repeat = valueOf(await restarted.decide(session, 'r2', 'files.delete'));
  assert.deepEqual(repeat, { ...denied, isRepeat: true });
  const known = restarted.guard.outcome({ ...end, status: 'ok', result: null });
  assert.equal(codeOf(await known), 'outcome-known');
  const conflict = restarted.decide(session, 'r1', 'notes.add', { text: 'y' });
  assert.equal(codeOf(await conflict), 'conflict');
  // Nobody knows any more whether its permit was redeemed, so this is no bypass.
  const report = { agent: 'support', session, decision: first.decision, records: null };
  valueOf(await restarted.guard.outcome({ ...report, status: 'ok', result: 'done' }));
  assert.equal(restarted.entries().at(-1)?.kind, 'outcome');
  assert.equal(restarted.opened.unfinished(), 0);
});

test('restore: before it was tested again, no pact is in force', async () => {
  verifies('enforce.fail-closed');
  const scene = await guardScene();
  const session = await scene.open();
  const { armAll, guard } = await scene.reopen();
  const asked = { agent: 'support', session, request: 'r', tool: 'notes.add', args: {} };
  assert.equal(codeOf(await guard.decide(asked)), 'not-armed');
  assert.deepEqual(await armAll(), []);
  valueOf(await guard.decide(asked));
});

test('restore: a stranger makes every decision again, and finds every chain whole', async () => {
  verifies('evidence.recompute', 'evidence.tlog');
  const scene = await guardScene();
  await live(scene, diceOf(6), 150);
  const report = await checkRecord(scene);
  const { recomputed, mismatch } = report.answers;
  assert.deepEqual([recomputed, mismatch, report.brokenCount], [report.decisions, 0, 0]);
  assert.deepEqual(report.states, { same: report.decisions, differs: 0, unknown: 0 });
  assert.ok(report.decisions > 100);
  const inFlight = scene.guard.status('support')?.inFlight ?? 0;
  assert.ok(report.unfinishedCount >= inFlight);
});
