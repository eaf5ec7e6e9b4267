import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { codeOf, guardScene, valueOf } from '../../testing/guard-scene.ts';
import type { Stopped } from './guard.ts';

test('guard: whoever listens is told what was stopped, in the turn that stops it', async () => {
  verifies('human.halt');
  const scene = await guardScene();
  const told: Stopped[] = [];
  const end = scene.guard.onHalt((stopped) => told.push(stopped));
  const session = await scene.open();
  const halted = scene.guard.halt({
    agent: 'support',
    scope: 'session',
    target: session,
    reason: 'a test',
    by: 'ops',
  });
  assert.deepEqual(told, [{ agent: 'support', scope: 'session', target: session, epoch: 1 }]);
  valueOf(await halted);
  end();
  const stop = { agent: 'support', scope: 'agent', target: '', reason: 'x', by: 'ops' } as const;
  valueOf(await scene.guard.halt(stop));
  assert.equal(told.length, 1);
});

test('guard: a session that the kernel halts itself is told of once', async () => {
  verifies('human.halt');
  const scene = await guardScene();
  const told: Stopped[] = [];
  scene.guard.onHalt((stopped) => told.push(stopped));
  const session = await scene.open();
  const { decision } = valueOf(await scene.decide(session, 'r1', 'notes.add'));
  // Nobody redeemed the permit: the finding `bypass` halts the session.
  const report = { agent: 'support', session, decision, status: 'ok', result: null } as const;
  valueOf(await scene.guard.outcome({ ...report, records: null }));
  assert.deepEqual(told, [{ agent: 'support', scope: 'session', target: session, epoch: 0 }]);
});

test('guard: looking at a permit uses nothing, and sees what redeeming it would meet', async () => {
  const scene = await guardScene();
  const session = await scene.open();
  const answer = valueOf(await scene.decide(session, 'r1', 'notes.add', { text: 'a' }));
  const permit = { agent: 'support', token: answer.permit?.token ?? '' };
  const { decision } = answer;
  const seen = { decision, session, task: null, room: null, tool: 'notes.add', effect: 'write' };
  const shown = { ...seen, args: { text: 'a' }, route: null };
  assert.deepEqual(valueOf(scene.guard.inspect(permit)), shown);
  valueOf(scene.guard.inspect(permit));
  valueOf(scene.guard.redeem(permit));
  assert.equal(codeOf(scene.guard.inspect(permit)), 'permit-used');
  assert.equal(codeOf(scene.guard.inspect({ ...permit, token: 'x.00' })), 'permit-unknown');
});
