import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';

import { codeOf, guardScene, valueOf } from '../../testing/guard-scene.ts';

test('requests: the same id and body get the first answer, as good as it still is', async () => {
  verifies('evidence.before-effect');
  const scene = await guardScene();
  const session = await scene.open();
  const ask = () => scene.decide(session, 'r1', 'notes.add', { text: 'x' });
  const first = valueOf(await ask());
  const again = valueOf(await ask());
  assert.deepEqual(again, { ...first, isRepeat: true });
  valueOf(scene.guard.redeem({ agent: 'support', token: first.permit?.token ?? '' }));
  const later = valueOf(await ask());
  assert.deepEqual(later, { ...first, permit: null, args: null, isRepeat: true });
  assert.equal(scene.entries().filter(({ kind }) => kind === 'decided').length, 1);
});

test('requests: a repeat waits for the same entry to be durable', async () => {
  verifies('evidence.before-effect');
  const scene = await guardScene();
  const session = await scene.open();
  scene.log.holdSyncs();
  const asked = [0, 1, 2].map(() => scene.decide(session, 'r1', 'notes.add'));
  scene.log.releaseSyncs();
  const [first, ...repeats] = (await Promise.all(asked)).map(valueOf);
  assert.equal(first?.isRepeat, false);
  for (const repeat of repeats) assert.deepEqual(repeat, { ...first, isRepeat: true });
});

test('requests: another body is a conflict, which is recorded and decides nothing', async () => {
  verifies('evidence.before-effect');
  const scene = await guardScene();
  const session = await scene.open();
  const running = scene.decide(session, 'r1', 'notes.add', { text: 'x' });
  const other = scene.decide(session, 'r1', 'notes.add', { text: 'y' });
  const { decision } = valueOf(await running);
  assert.equal(codeOf(await other), 'conflict');
  assert.equal(codeOf(await scene.decide(session, 'r1', 'orders.get', { text: 'x' })), 'conflict');
  const [one, two] = scene.entries().filter(({ kind }) => kind === 'conflict');
  assert.deepEqual([one?.open, two?.open], [{ decision }, { decision }]);
  const elsewhere = await scene.open();
  valueOf(await scene.decide(elsewhere, 'r1', 'notes.add', { text: 'y' }));
});

test('requests: what waits for a person or a fact is decided again under another id', async () => {
  verifies('human.approvals');
  const scene = await guardScene();
  const session = await scene.open();
  const ask = () => scene.decide(session, 'r1', 'mail.send', { body: '', copies: 2 });
  const first = valueOf(await ask());
  const second = valueOf(await ask());
  assert.deepEqual([first.verdict, second.verdict], ['step_up', 'step_up']);
  assert.notEqual(first.decision, second.decision);
  assert.equal(second.isRepeat, false);
  const report = { agent: 'support', session, status: 'ok', result: 1, records: null } as const;
  const { decision } = second;
  assert.equal(codeOf(await scene.guard.outcome({ ...report, decision })), 'not-let-through');
});

test('requests: a session that had as many as it may is refused, and forgets none', async () => {
  verifies('enforce.fail-closed');
  const scene = await guardScene({ bounds: { requests: 3 } });
  const session = await scene.open();
  for (const at of [1, 2, 3]) valueOf(await scene.decide(session, `r${at}`, 'notes.add'));
  assert.equal(codeOf(await scene.decide(session, 'r4', 'notes.add')), 'too-large');
  assert.equal(valueOf(await scene.decide(session, 'r1', 'notes.add')).isRepeat, true);
});

test('requests: all open sessions together have a bound, and closing one makes room', async () => {
  verifies('enforce.fail-closed');
  const scene = await guardScene({ bounds: { allRequests: 3 } });
  const [one, other] = [await scene.open(), await scene.open()];
  for (const at of [1, 2]) valueOf(await scene.decide(one, `r${at}`, 'notes.add'));
  valueOf(await scene.decide(other, 'r1', 'notes.add'));
  assert.equal(codeOf(await scene.decide(other, 'r2', 'notes.add')), 'overloaded');
  const restarted = await scene.restart();
  assert.equal(codeOf(await restarted.decide(other, 'r2', 'notes.add')), 'overloaded');
  valueOf(await restarted.guard.closeSession({ agent: 'support', session: one }));
  for (const at of [2, 3]) valueOf(await restarted.decide(other, `r${at}`, 'notes.add'));
  assert.equal(codeOf(await restarted.decide(other, 'r4', 'notes.add')), 'overloaded');
});

test('requests: arguments in flight are bounded, and outcomes make room', async () => {
  verifies('enforce.fail-closed');
  const scene = await guardScene({ bounds: { flightChars: 40 } });
  const session = await scene.open();
  const text = 'x'.repeat(20);
  const first = valueOf(await scene.decide(session, 'r1', 'notes.add', { text }));
  valueOf(await scene.decide(session, 'r2', 'notes.add', { text }));
  const before = scene.entries().length;
  assert.equal(codeOf(await scene.decide(session, 'r3', 'notes.add', { text })), 'overloaded');
  const restarted = await scene.restart();
  const again = restarted.decide(session, 'r3', 'notes.add', { text });
  assert.equal(codeOf(await again), 'overloaded', 'a restart does not make room');
  assert.equal(scene.entries().length, before);
  const { decision } = first;
  const report = { agent: 'support', session, decision, status: 'not_sent' } as const;
  valueOf(await scene.guard.outcome({ ...report, result: null, records: null }));
  valueOf(await scene.decide(session, 'r3', 'notes.add', { text }));
});

test('requests: however calls interleave, one id is one decision with one body', async () => {
  verifies('evidence.before-effect');
  const call = fc.record({ id: fc.nat(3), body: fc.nat(1), isHeld: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 25 }), async (calls) => {
      const scene = await guardScene();
      const session = await scene.open();
      const asked = calls.map(async ({ id, body, isHeld }) => {
        if (isHeld) scene.log.holdSyncs();
        else scene.log.releaseSyncs();
        const answer = await scene.decide(session, `r${id}`, 'notes.add', { body });
        return { id, body, answer };
      });
      scene.log.releaseSyncs();
      const firstBody = new Map(calls.toReversed().map(({ id, body }) => [id, body]));
      const decisions = new Map<number, string>();
      for (const { id, body, answer } of await Promise.all(asked)) {
        if (body !== firstBody.get(id)) {
          assert.equal(codeOf(answer), 'conflict');
          continue;
        }
        const { decision } = valueOf(answer);
        assert.equal(decisions.get(id) ?? decision, decision);
        decisions.set(id, decision);
      }
      const decided = scene.entries().filter(({ kind }) => kind === 'decided');
      assert.equal(decided.length, decisions.size);
    }),
    { numRuns: 25 },
  );
});
