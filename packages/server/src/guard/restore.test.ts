import assert from 'node:assert/strict';
import { test } from 'node:test';

import { snapshot } from '@plumbline/core';
import { randomOf, verifies } from '@plumbline/testkit';

import { live } from '../../testing/guard-life.ts';
import { checkRecord } from '../../testing/check-record.ts';
import { SUPPORT_PACT } from '../../testing/guard-pact.ts';
import {
  ADA,
  codeOf,
  type GuardScene,
  guardScene,
  openOver,
  valueOf,
} from '../../testing/guard-scene.ts';
import { openMemorySequencer } from '../../testing/memory-sequencer.ts';
import { Recorder } from '../record/recorder.ts';

function statesOf({ opened }: GuardScene): Readonly<Record<string, unknown>> {
  return Object.fromEntries(opened.states().map((state) => [state.agent, snapshot(state)]));
}

test('restore: the state folded from the log is the state that was live', async () => {
  verifies('evidence.recompute');
  for (const seed of [1, 2, 3]) {
    const scene = await guardScene();
    await live(scene, randomOf(seed), 150);
    const restarted = await scene.restart();
    assert.deepEqual(agentOf(statesOf(restarted)), agentOf(statesOf(scene)), `seed ${seed}`);
    await live(restarted, randomOf(seed + 100), 30);
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
    await live(scene, randomOf(seed), 120);
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

test('restore: a shadow runs on from where it was recorded, until it was withdrawn', async () => {
  verifies('enforce.shadow');
  const scene = await guardScene();
  const shadow = scene.pacts.load(SUPPORT_PACT.replace('"100.00"', '"60.00"'));
  const log = await openMemorySequencer({ entries: scene.log.entries() });
  const recorder = new Recorder({ sequencer: log });
  const { guard, armAll } = await openOver(log, scene, { recorder });
  await armAll();
  const note = (kind: 'pact_shadowed' | 'pact_withdrawn') => {
    const open = { pact: shadow.digest, sources: shadow.digest };
    const at = scene.clock.ms;
    const rest = { at, agent: 'support', session: null, secret: null, subject: null };
    return recorder.record({ kind, open, ...rest }).durable;
  };
  const over = async () => {
    const entries = await openMemorySequencer({ entries: log.entries() });
    return (await openOver(entries, scene)).guard.status('support')?.shadow;
  };
  valueOf(await guard.openSession(ADA));
  await note('pact_shadowed');
  valueOf(await guard.openSession(ADA));
  assert.equal(await over(), shadow.digest);
  await note('pact_withdrawn');
  assert.equal(await over(), null);
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
  await live(scene, randomOf(6), 150);
  const report = await checkRecord(scene);
  const { recomputed, mismatch } = report.answers;
  assert.deepEqual([recomputed, mismatch, report.brokenCount], [report.decisions, 0, 0]);
  assert.deepEqual(report.states, { same: report.decisions, differs: 0, unknown: 0 });
  assert.ok(report.decisions > 100);
  const inFlight = scene.guard.status('support')?.inFlight ?? 0;
  assert.ok(report.unfinishedCount >= inFlight);
});
