import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { askOf, EVE, LENA, MAILS, OMAR, vote } from '../../testing/ask-scene.ts';
import { SUPPORT_PACT } from '../../testing/guard-pact.ts';
import { codeOf, guardScene, type GuardScene, valueOf } from '../../testing/guard-scene.ts';
import type { Answer } from './guard.ts';

const TWO_PACT = SUPPORT_PACT.replace('within: 15m', 'within: 15m, quorum: 2');

async function asked(
  scene: GuardScene,
  request: string = 'r1',
): Promise<{ readonly session: string; readonly ask: string; readonly answer: Answer }> {
  const session = await scene.open();
  const answer = valueOf(await scene.decide(session, request, 'mail.send', MAILS));
  assert.equal(answer.verdict, 'step_up');
  assert.ok(answer.approval !== null);
  return { session, ask: answer.approval, answer };
}

test('asks: a step-up is asked once, however often it is repeated', async () => {
  verifies('human.approvals');
  const scene = await guardScene();
  const { session, ask, answer } = await asked(scene);
  assert.equal(answer.expiresAtMs, scene.clock.ms + 900_000);
  scene.clock.wait(1_000);
  const again = valueOf(await scene.decide(session, 'r1', 'mail.send', MAILS));
  assert.equal(again.approval, ask);
  assert.equal(again.expiresAtMs, answer.expiresAtMs);
  const other = valueOf(await scene.decide(session, 'r2', 'mail.send', { ...MAILS, copies: 4 }));
  assert.notEqual(other.approval, ask);
  assert.equal(scene.guard.asks.list().length, 2);
});

test('asks: an approval lets exactly its action through, once', async () => {
  verifies('human.approvals');
  const scene = await guardScene();
  const { session, ask } = await asked(scene);
  const counted = valueOf(await vote(scene, ask));
  assert.equal(counted.found.ask.state, 'approved');
  const swapped = valueOf(await scene.decide(session, 'r9', 'mail.send', { ...MAILS, copies: 9 }));
  assert.equal(swapped.verdict, 'step_up');
  const let1 = valueOf(await scene.decide(session, 'r1', 'mail.send', MAILS));
  assert.equal(let1.verdict, 'allow');
  assert.ok(let1.permit !== null);
  assert.equal(askOf(scene, ask).state, 'used');
  const second = valueOf(await scene.decide(session, 'r2', 'mail.send', MAILS));
  assert.equal(second.verdict, 'step_up');
  assert.notEqual(second.approval, ask);
});

test('asks: a denial denies the action for good, also against a later approval', async () => {
  verifies('human.approvals');
  const scene = await guardScene({ pact: TWO_PACT });
  const { session, ask } = await asked(scene);
  valueOf(await vote(scene, ask, { voter: OMAR, outcome: 'deny', reason: 'too many' }));
  assert.equal(codeOf(await vote(scene, ask)), 'conflict');
  const after = valueOf(await scene.decide(session, 'r1', 'mail.send', MAILS));
  assert.equal(after.verdict, 'deny');
  assert.deepEqual(after.rules, ['approval']);
  assert.equal(askOf(scene, ask).state, 'denied');
});

test('asks: what nobody approved in time is denied, in the log as well', async () => {
  verifies('human.approvals');
  const scene = await guardScene();
  const { session, ask } = await asked(scene);
  scene.clock.wait(900_000);
  assert.equal(codeOf(await vote(scene, ask)), 'conflict');
  assert.equal(askOf(scene, ask).state, 'expired');
  const after = valueOf(await scene.decide(session, 'r1', 'mail.send', MAILS));
  assert.equal(after.verdict, 'deny');
  const [entry] = scene.entries().filter(({ kind }) => kind === 'approval');
  assert.deepEqual(entry?.open, { id: `${ask}.1`, outcome: 'denied', rules: ['many'] });
});

test('asks: the sweep denies what ran out, and a decision does before it looks', async () => {
  const scene = await guardScene();
  const { session } = await asked(scene);
  const other = await asked(scene);
  scene.clock.wait(900_001);
  const late = valueOf(await scene.decide(session, 'r1', 'mail.send', MAILS));
  assert.equal(late.verdict, 'deny');
  assert.deepEqual(valueOf(await scene.opened.sweepAsks()), { settled: 1 });
  assert.equal(askOf(scene, other.ask).state, 'expired');
});

test('asks: a quorum counts people, and nobody twice', async () => {
  verifies('human.approvals');
  const scene = await guardScene({ pact: TWO_PACT });
  const { session, ask } = await asked(scene);
  assert.equal(valueOf(await vote(scene, ask)).found.ask.state, 'pending');
  const again = await vote(scene, ask, { by: 'another-key' });
  assert.equal(codeOf(again), 'conflict');
  assert.equal(
    codeOf(await vote(scene, ask, { voter: { ...LENA, id: 'LENA@example.com' } })),
    'conflict',
  );
  const still = valueOf(await scene.decide(session, 'r1', 'mail.send', MAILS));
  assert.equal(still.verdict, 'step_up');
  assert.equal(valueOf(await vote(scene, ask, { voter: OMAR })).found.ask.state, 'approved');
  const let1 = valueOf(await scene.decide(session, 'r1', 'mail.send', MAILS));
  assert.equal(let1.verdict, 'allow');
});

test('asks: neither a stranger nor who it is for nor who opened the session decides', async () => {
  verifies('human.approvals');
  const scene = await guardScene();
  const session = await scene.open({ principal: 'Lena@Example.com' });
  const { approval } = valueOf(await scene.decide(session, 'r1', 'mail.send', MAILS));
  const ask = approval ?? '';
  assert.equal(codeOf(await vote(scene, ask)), 'forbidden');
  assert.equal(codeOf(await vote(scene, ask, { outcome: 'deny' })), 'forbidden');
  assert.equal(codeOf(await vote(scene, ask, { voter: EVE })), 'forbidden');
  const opener = { voter: OMAR, barred: ['omar@example.com'] };
  assert.equal(codeOf(await vote(scene, ask, opener)), 'forbidden');
  const byName = { voter: { ...OMAR, names: ['Omar O.'] }, barred: ['omar o.'] };
  assert.equal(codeOf(await vote(scene, ask, byName)), 'forbidden');
  assert.equal(askOf(scene, ask).votes.length, 0);
  assert.equal(codeOf(await vote(scene, 'apr_none')), 'not-found');
});

test('asks: a delegate sits in the seat they were given, once with who gave it', async () => {
  verifies('human.approvals');
  const scene = await guardScene({ pact: TWO_PACT });
  const { ask } = await asked(scene);
  const given = { voter: EVE, givers: [LENA] };
  assert.equal(valueOf(await vote(scene, ask, given)).found.ask.state, 'pending');
  assert.equal(codeOf(await vote(scene, ask)), 'conflict');
  const own = { voter: OMAR, givers: [LENA] };
  const counted = valueOf(await vote(scene, ask, own)).found.ask;
  assert.equal(counted.state, 'approved');
  const taken = counted.votes.map(({ seats }) => seats.map(({ person }) => person));
  assert.deepEqual(taken, [['lena@example.com'], ['omar@example.com']]);
});

test('asks: who a seat was given by is barred from where the giver is', async () => {
  const scene = await guardScene();
  const session = await scene.open({ principal: 'lena@example.com' });
  const { approval } = valueOf(await scene.decide(session, 'r1', 'mail.send', MAILS));
  const given = { voter: EVE, givers: [LENA] };
  assert.equal(codeOf(await vote(scene, approval ?? '', given)), 'forbidden');
});

test('asks: halts and closed sessions void what waits and what was approved', async () => {
  verifies('human.approvals');
  verifies('human.halt');
  const scene = await guardScene();
  const one = await asked(scene);
  const two = await asked(scene);
  const three = await asked(scene);
  valueOf(await vote(scene, two.ask));
  valueOf(await scene.guard.closeSession({ agent: 'support', session: three.session }));
  assert.equal(askOf(scene, three.ask).voidReason, 'session-closed');
  const stop = { agent: 'support', scope: 'agent', target: '', reason: 'drill', by: 'op' } as const;
  valueOf(await scene.guard.halt(stop));
  assert.deepEqual(
    [one.ask, two.ask].map((id) => [askOf(scene, id).state, askOf(scene, id).voidReason]),
    [
      ['void', 'halted'],
      ['void', 'halted'],
    ],
  );
  assert.equal(codeOf(await vote(scene, one.ask)), 'conflict');
  valueOf(await scene.guard.resume(stop));
  const after = valueOf(await scene.decide(two.session, 'r1', 'mail.send', MAILS));
  assert.equal(after.verdict, 'step_up');
});

test('asks: an approval that is not used in time lapses, and people are asked again', async () => {
  const scene = await guardScene();
  const { session, ask } = await asked(scene);
  valueOf(await vote(scene, ask));
  scene.clock.wait(300_000);
  assert.equal(askOf(scene, ask).state, 'lapsed');
  const after = valueOf(await scene.decide(session, 'r1', 'mail.send', MAILS));
  assert.equal(after.verdict, 'step_up');
  assert.notEqual(after.approval, ask);
});

test('asks: another pact asks again where it would, and lets nothing through', async () => {
  verifies('human.approvals');
  const scene = await guardScene();
  const { session, ask, answer } = await asked(scene);
  const loose = await asked(scene, 'r2');
  valueOf(await vote(scene, loose.ask));
  const stricter = scene.pacts.load(SUPPORT_PACT.replace('within: 15m', 'within: 5m'));
  valueOf(await scene.guard.arm('support', stricter));
  assert.equal(askOf(scene, ask).state, 'superseded');
  assert.equal(askOf(scene, loose.ask).state, 'superseded');
  const pending = scene.guard.asks.list().filter(({ ask: { state } }) => state === 'pending');
  assert.deepEqual(scene.guard.asks.list({ state: 'pending' }), pending);
  assert.deepEqual(scene.guard.asks.list({ most: 2 }), pending);
  assert.deepEqual(scene.guard.asks.list({ isOf: (agent) => agent !== 'support' }), []);
  assert.equal(scene.guard.asks.list({ session }).length, 2);
  assert.deepEqual(
    pending.map(({ ask: { session: of, votes, pact } }) => [of, votes.length, pact]),
    [
      [session, 0, stricter.digest],
      [loose.session, 0, stricter.digest],
    ],
  );
  const again = valueOf(await scene.decide(session, 'r1', 'mail.send', MAILS));
  assert.notEqual(again.decision, answer.decision);
  assert.equal(again.approval, pending[0]?.ask.id);
});

test('asks: where a new pact would allow it the ask ends and nothing is let through', async () => {
  const scene = await guardScene();
  const { session, ask } = await asked(scene);
  const loose = scene.pacts.load(SUPPORT_PACT.replace('args.copies > 1', 'args.copies > 5'));
  valueOf(await scene.guard.arm('support', loose));
  assert.equal(askOf(scene, ask).state, 'superseded');
  assert.equal(scene.entries().filter(({ kind }) => kind === 'decided').length, 1);
  const again = valueOf(await scene.decide(session, 'r1', 'mail.send', MAILS));
  assert.equal(again.verdict, 'allow');
});

test('asks: a restart finds every ask as it was', async () => {
  verifies('human.approvals');
  const scene = await guardScene({ pact: TWO_PACT });
  const { ask, session } = await asked(scene);
  const denied = await asked(scene);
  valueOf(await scene.guard.asks.show(ask, 'key-lena'));
  scene.clock.wait(2_000);
  valueOf(await vote(scene, ask));
  valueOf(await vote(scene, denied.ask, { outcome: 'deny' }));
  const after = await scene.restart();
  assert.deepEqual(after.guard.asks.list(), scene.guard.asks.list());
  assert.deepEqual(after.guard.asks.votes(), scene.guard.asks.votes());
  assert.deepEqual(
    after.guard.asks.votes().map(({ shownMs }) => shownMs),
    [2_000, null],
  );
  assert.equal(codeOf(await vote(after, ask)), 'conflict');
  valueOf(await vote(after, ask, { voter: OMAR }));
  const let1 = valueOf(await after.decide(session, 'r1', 'mail.send', MAILS));
  assert.equal(let1.verdict, 'allow');
});

test('asks: what ran out while the daemon was down is denied at its start', async () => {
  const scene = await guardScene();
  const { ask } = await asked(scene);
  scene.clock.wait(1_000_000);
  const after = await scene.restart();
  assert.deepEqual(valueOf(await after.opened.sweepAsks()), { settled: 1 });
  assert.equal(askOf(after, ask).state, 'expired');
});

test('asks: more than a session may have waiting is refused, and nothing is recorded', async () => {
  const scene = await guardScene();
  const session = await scene.open();
  for (let at = 0; at < 100; at += 1) {
    valueOf(await scene.decide(session, `r${at}`, 'mail.send', { ...MAILS, copies: at + 2 }));
  }
  const recorded = scene.entries().length;
  const next = await scene.decide(session, 'r100', 'mail.send', { ...MAILS, copies: 500 });
  assert.equal(codeOf(next), 'overloaded');
  assert.equal(scene.entries().length, recorded);
});

test('asks: who waits for an ask is woken when it changes', async () => {
  const scene = await guardScene();
  const { ask } = await asked(scene);
  const waiting = scene.guard.asks.whenChanged(ask, 60_000);
  valueOf(await vote(scene, ask));
  valueOf(await waiting);
  assert.equal(askOf(scene, ask).state, 'approved');
});

test('asks: whoever is erased takes along what was ever asked for them', async () => {
  const scene = await guardScene();
  const open = await asked(scene);
  const closed = await asked(scene);
  valueOf(await vote(scene, closed.ask));
  valueOf(await scene.guard.closeSession({ agent: 'support', session: closed.session }));
  const bob = await scene.open({ principal: 'bob' });
  const other = valueOf(await scene.decide(bob, 'r1', 'mail.send', MAILS));
  const { id } = await scene.subjects.named('ada');
  valueOf(await scene.guard.forget(id));
  assert.equal(scene.guard.asks.find(open.ask), undefined);
  assert.equal(scene.guard.asks.find(closed.ask), undefined);
  assert.deepEqual(scene.guard.asks.votes(), []);
  assert.equal(scene.guard.asks.find(other.approval ?? '')?.ask.state, 'pending');
  scene.subjects.erase(id);
  const after = await scene.restart();
  assert.deepEqual(after.guard.asks.list(), scene.guard.asks.list());
});
