import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { SUPPORT_PACT } from '../../testing/guard-pact.ts';
import { ADA, codeOf, guardScene, valueOf } from '../../testing/guard-scene.ts';

test('sessions: one name is one open session, also when opened at once', async () => {
  verifies('authority.session-binding');
  const scene = await guardScene();
  const named = { ...ADA, name: 'case 7' };
  const opened = await Promise.all([1, 2, 3].map(() => scene.guard.openSession(named)));
  const [first, ...others] = opened.map(valueOf);
  assert.equal(first?.isRepeat, false);
  for (const other of others) assert.deepEqual(other, { ...first, isRepeat: true });
  const other = valueOf(await scene.guard.openSession({ ...named, openedBy: 'another' }));
  assert.notEqual(other.session, first?.session);
  const lie = await scene.guard.openSession({ ...named, principal: 'eve' });
  assert.equal(codeOf(lie), 'conflict');
  const whose = await scene.guard.openSession({ ...named, subject: 'eve' });
  assert.equal(codeOf(whose), 'conflict', 'what is sealed for ada is not erased with eve');
  valueOf(await scene.guard.closeSession({ agent: 'support', session: first?.session ?? '' }));
  const fresh = valueOf(await scene.guard.openSession({ ...named, principal: 'eve' }));
  assert.deepEqual([fresh.isRepeat, fresh.session === first?.session], [false, false]);
});

test('sessions: the mark of a room stands openly, and its name does not', async () => {
  const scene = await guardScene({ roomMark: (room) => `room_${room.length}` });
  await scene.open({ room: 'war room' });
  await scene.open();
  const opened = scene.entries().filter(({ kind }) => kind === 'session_opened');
  assert.deepEqual(
    opened.map(({ open: { room, roomMark } }) => [room, roomMark]),
    [
      [null, 'room_8'],
      [null, null],
    ],
  );
});

test('sessions: what is attested stays in memory, and is bounded', async () => {
  const scene = await guardScene();
  const before = scene.entries().length;
  const attributes = { customer_id: 'x'.repeat(65_536) };
  const opened = await scene.guard.openSession({ ...ADA, attributes });
  assert.equal(codeOf(opened), 'too-large');
  assert.equal(scene.entries().length, before);
});

test('sessions: none is opened for a task that the armed pact does not know', async () => {
  const tasks = 'tasks:\n  refund: { tools: refunds.pay }\n  answer: { tools: mail.send }\n';
  const scene = await guardScene({ pact: `${SUPPORT_PACT}${tasks}` });
  const before = scene.entries().length;
  const opened = await scene.guard.openSession({ ...ADA, task: 'refnd' });
  assert.equal(codeOf(opened), 'bad-request');
  assert.match(opened.ok ? '' : opened.error.message, /it knows `refund`, `answer`$/);
  assert.equal(scene.entries().length, before);
  for (const task of ['refund', null]) valueOf(await scene.guard.openSession({ ...ADA, task }));
  const without = await guardScene();
  valueOf(await without.guard.openSession({ ...ADA, task: 'whatever' }));
});

test('sessions: a sweep closes idle ones, with an action in flight a day later', async () => {
  const scene = await guardScene();
  const idle = await scene.open();
  const flying = await scene.open();
  valueOf(await scene.decide(flying, 'r', 'notes.add'));
  scene.clock.wait(3_599_999);
  const busy = await scene.open();
  scene.clock.wait(1);
  assert.deepEqual(valueOf(await scene.opened.sweep()), { closed: 1 });
  assert.equal(codeOf(await scene.decide(idle, 'r', 'notes.add')), 'session-closed');
  assert.deepEqual(scene.entries().at(-1)?.open, { reason: 'idle' });
  valueOf(await scene.guard.message({ ...at(busy), from: 'principal', text: 'still here' }));
  scene.clock.wait(86_400_000);
  assert.deepEqual(valueOf(await scene.opened.sweep()), { closed: 2 });
});

function at(session: string): { readonly agent: string; readonly session: string } {
  return { agent: 'support', session };
}

test('sessions: those of a forgotten subject are closed, none is opened meanwhile', async () => {
  verifies('evidence.erasure');
  const scene = await guardScene();
  const ada = await scene.open();
  const bob = await scene.open({ principal: 'bob' });
  const { id } = await scene.subjects.named('ada');
  assert.deepEqual(valueOf(await scene.guard.forget(id)), { sessions: [ada] });
  assert.deepEqual(scene.entries().at(-1)?.open, { reason: 'erased' });
  assert.equal(codeOf(await scene.guard.openSession(ADA)), 'unavailable');
  scene.subjects.erase(id);
  valueOf(await scene.guard.openSession(ADA));
  valueOf(await scene.decide(bob, 'r', 'notes.add'));
});

test('halt: it is in force at once, also when the log cannot take it yet', async () => {
  verifies('human.halt', 'enforce.fail-closed');
  const scene = await guardScene();
  const session = await scene.open();
  scene.log.refuseAppends(true);
  const stop = { agent: 'support', scope: 'agent', target: '', reason: 'drill', by: 'op' } as const;
  const halting = scene.guard.halt(stop);
  assert.equal(scene.guard.status('support')?.halts.length, 1, 'in the same turn');
  assert.equal(codeOf(await halting), 'unavailable');
  assert.equal(codeOf(await scene.decide(session, 'r', 'notes.add')), 'overloaded');
  scene.log.refuseAppends(false);
  const answer = valueOf(await scene.decide(session, 'r', 'notes.add'));
  assert.deepEqual(answer.rules, ['halt:agent']);
  const [halted, decided] = scene.entries().slice(-2);
  assert.deepEqual([halted?.kind, decided?.kind], ['halt', 'decided']);
  valueOf(await scene.guard.resume(stop));
  assert.equal(valueOf(await scene.decide(session, 'r2', 'notes.add')).verdict, 'allow');
  const gone = await scene.guard.halt({ ...stop, scope: 'session', target: 'ses_x' });
  assert.equal(codeOf(gone), 'unknown-session');
});
