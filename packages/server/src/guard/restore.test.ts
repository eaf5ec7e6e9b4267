import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type JsonObject, snapshot } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { diceOf, type Dice } from '../../testing/dice.ts';
import { checkRecord } from '../../testing/check-record.ts';
import { codeOf, type GuardScene, guardScene, valueOf } from '../../testing/guard-scene.ts';

type Open = { readonly session: string; readonly principal: string };

const PRINCIPALS = ['ada', 'bob', 'cyd'];
const TOOLS = ['notes.add', 'web.fetch', 'refunds.pay', 'mail.send', 'files.delete', 'checks.run'];

// A few hundred things that agents and people do, chosen by dice.
async function live(scene: GuardScene, dice: Dice, steps: number): Promise<void> {
  const sessions: Open[] = [];
  for (let step = 0; step < steps; step += 1) {
    scene.clock.wait(dice.below(60_000));
    const open = sessions[dice.below(sessions.length)];
    if (open === undefined || dice.chance(0.05)) {
      const principal = PRINCIPALS[dice.below(3)] ?? 'ada';
      const name = dice.chance(0.5) ? `case ${step}` : null;
      sessions.push({ session: await scene.open({ principal, name }), principal });
    } else if (dice.chance(0.03)) {
      sessions.splice(sessions.indexOf(open), 1);
      valueOf(await scene.guard.closeSession({ agent: 'support', session: open.session }));
    } else if (dice.chance(0.06)) {
      const from = dice.chance(0.5) ? 'principal' : 'untrusted';
      const { session } = open;
      valueOf(await scene.guard.message({ agent: 'support', session, from, text: `case ${step}` }));
    } else if (dice.chance(0.02)) {
      const stop = { agent: 'support', scope: 'session', reason: 'drill', by: 'op' } as const;
      valueOf(await scene.guard.halt({ ...stop, target: open.session }));
      if (dice.chance(0.7)) valueOf(await scene.guard.resume({ ...stop, target: open.session }));
    } else await act(scene, dice, { step, session: open.session });
  }
}

async function act(
  scene: GuardScene,
  dice: Dice,
  { step, session }: { readonly step: number; readonly session: string },
): Promise<void> {
  const tool = TOOLS[dice.below(TOOLS.length)] ?? 'notes.add';
  const long = dice.chance(0.02) ? 'x'.repeat(60_000) : 'x';
  const args: JsonObject = {
    amount: `${dice.below(10)}.50`,
    order: `o-${dice.below(30)}`,
    body: long,
    copies: dice.below(2),
    ...(dice.chance(0.3) ? { phone: '555' } : {}),
  };
  const answer = await scene.decide(session, `r${step}`, tool, args);
  if (!answer.ok || answer.value.permit === null || dice.chance(0.2)) return;
  const { permit, decision } = answer.value;
  if (dice.chance(0.95)) scene.guard.redeem({ agent: 'support', token: permit.token });
  const status = (['ok', 'error', 'not_sent', 'unknown'] as const)[dice.below(4)] ?? 'ok';
  const result = { page: `see https://example.com/${step}` };
  const report = { agent: 'support', session, decision, status, result, records: 1 };
  assert.match(codeOf(await scene.guard.outcome(report)), /^(done|session-closed)$/);
}

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
  const restarted = await scene.restart();
  assert.equal(restarted.opened.unfinished(), 1);
  const again = await restarted.open({ name: 'case 7' });
  assert.equal(again, session);
  const repeat = valueOf(await restarted.decide(session, 'r2', 'files.delete'));
  assert.deepEqual(repeat, { ...denied, isRepeat: true });
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
