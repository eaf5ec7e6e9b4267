import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { JsonObject } from '@plumbline/core';

import { SUPPORT_PACT } from '../../testing/guard-pact.ts';
import { ADA, codeOf, guardScene, valueOf } from '../../testing/guard-scene.ts';
import type { FactSource } from './gather.ts';
import type { Answer, Outcome } from './guard.ts';

const NOON = Date.UTC(2026, 0, 1, 12);

test('guard: an action is decided, redeemed, reported, and all of it is in the log', async () => {
  verifies('evidence.before-effect');
  const scene = await guardScene();
  const session = await scene.open();
  const answer = valueOf(await scene.decide(session, 'r1', 'notes.add', { text: 'hello' }));
  assert.equal(answer.verdict, 'allow');
  assert.deepEqual(answer.args, { text: 'hello' });
  const token = answer.permit?.token ?? '';
  const redeemed = valueOf(scene.guard.redeem({ agent: 'support', token }));
  assert.deepEqual(redeemed, { decision: answer.decision, args: { text: 'hello' } });
  const { decision } = answer;
  const report = { agent: 'support', session, decision, status: 'ok', result: 1, records: null };
  valueOf(await scene.guard.outcome({ ...report, status: 'ok' }));
  const kinds = scene.entries().map(({ kind }) => kind);
  assert.deepEqual(kinds, [
    'agent_added',
    'self_test',
    'self_test',
    'armed',
    'session_opened',
    'decided',
    'outcome',
  ]);
  assert.equal(scene.entries().at(-1)?.open['redeemedAt'], scene.clock.ms);
});

test('guard: nothing is answered before its entry is durable', async () => {
  verifies('evidence.before-effect');
  const scene = await guardScene();
  const session = await scene.open();
  scene.log.holdSyncs();
  let isAnswered = false;
  const asked = scene.decide(session, 'r1', 'notes.add').then((answer) => {
    isAnswered = true;
    return answer;
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(isAnswered, false);
  scene.log.releaseSyncs();
  valueOf(await asked);
});

test('guard: every verdict says what to do', async () => {
  const scene = await guardScene();
  const ask = async (tool: string, args = {}): Promise<Answer> => {
    return valueOf(await scene.decide(await scene.open(), 'r', tool, args));
  };
  const denied = await ask('mail.send', { body: 'secret', copies: 1 });
  assert.deepEqual([denied.verdict, denied.say], ['deny', 'never mail secrets']);
  assert.deepEqual([denied.permit, denied.args, denied.rules], [null, null, ['no-secrets']]);
  const many = await ask('mail.send', { body: '', copies: 2 });
  assert.equal(many.verdict, 'step_up');
  assert.deepEqual(many.requirements[0]?.approvers, ['role:lead']);
  const args = { body: '', copies: 1, phone: '555' };
  const modified = await ask('mail.send', args);
  assert.equal(modified.verdict, 'modify');
  assert.deepEqual(modified.args, { ...args, phone: '[phone]' });
  const unlisted = await ask('files.delete');
  assert.deepEqual([unlisted.verdict, unlisted.rules[0]], ['deny', 'unlisted']);
});

test('guard: what it does not know it refuses, and says which', async () => {
  verifies('enforce.fail-closed');
  const scene = await guardScene();
  const session = await scene.open();
  const asked = { agent: 'support', session, request: 'r', tool: 'notes.add', args: {} };
  assert.equal(codeOf(await scene.guard.decide({ ...asked, agent: 'other' })), 'unknown-agent');
  assert.equal(codeOf(await scene.guard.decide({ ...asked, session: 's' })), 'unknown-session');
  assert.equal(codeOf(await scene.guard.decide({ ...asked, request: '' })), 'bad-request');
  let args: JsonObject = {};
  for (let depth = 0; depth < 20_000; depth += 1) args = { args };
  assert.equal(codeOf(await scene.guard.decide({ ...asked, args })), 'too-large');
  valueOf(await scene.guard.closeSession({ agent: 'support', session }));
  assert.equal(codeOf(await scene.guard.decide(asked)), 'session-closed');
  valueOf(await scene.guard.addAgent('bare', 'local'));
  const opening = scene.guard.openSession({ ...ADA, agent: 'bare' });
  assert.equal(codeOf(await opening), 'not-armed');
});

test('guard: more than may wait are refused at once, and the others are answered', async () => {
  verifies('enforce.fail-closed');
  const scene = await guardScene({ bounds: { waiting: 4 } });
  const session = await scene.open();
  scene.log.holdSyncs();
  const asked = [0, 1, 2, 3, 4, 5].map((at) => scene.decide(session, `r${at}`, 'notes.add'));
  assert.equal(
    await Promise.race(asked.slice(4).map(async (one) => codeOf(await one))),
    'overloaded',
  );
  assert.equal(scene.guard.status('support')?.waiting, 4);
  scene.log.releaseSyncs();
  const codes = (await Promise.all(asked)).map(codeOf);
  assert.deepEqual(codes, ['done', 'done', 'done', 'done', 'overloaded', 'overloaded']);
  assert.equal(scene.guard.status('support')?.inFlight, 4);
  valueOf(await scene.decide(session, 'r4', 'notes.add'));
});

test('guard: the order of the log is the order of decisions', async () => {
  verifies('evidence.before-effect');
  const scene = await guardScene();
  const sessions = await Promise.all([1, 2, 3].map(() => scene.open()));
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, at) => {
      return scene.decide(sessions[at % 3] ?? '', `r${at}`, 'notes.add', { at });
    }),
  );
  const indexes = answers.map((answer) => valueOf(answer).index);
  assert.deepEqual(
    indexes,
    indexes.toSorted((one, other) => one - other),
  );
  const decided = scene.entries().filter(({ kind }) => kind === 'decided');
  assert.deepEqual(
    decided.map(({ open }) => open['decision']),
    answers.map((answer) => valueOf(answer).decision),
  );
});

test('guard: a hundred sessions at once overshoot neither a budget nor a rate limit', async () => {
  verifies('pact.limits');
  const scene = await guardScene();
  const sessions = await Promise.all(Array.from({ length: 100 }, () => scene.open()));
  const pay = (amount: string): Promise<readonly Outcome<Answer>[]> => {
    return Promise.all(
      sessions.map((session, at) => {
        const args = { amount, order: `${amount}-${at}` };
        return scene.decide(session, `pay ${amount}`, 'refunds.pay', args);
      }),
    );
  };
  const small = (await pay('0.50')).map(valueOf).filter(({ verdict }) => verdict === 'allow');
  assert.equal(small.length, 50, 'the rate limit is 50 calls an hour');
  scene.clock.wait(3_600_000);
  const large = (await pay('20.00')).map(valueOf).filter(({ verdict }) => verdict === 'allow');
  assert.equal(large.length, 3, '75.00 of 100.00 are left');
});

test('guard: a fact that is late is missing, and one that came is recorded', async () => {
  verifies('enforce.fail-closed');
  const asked: string[] = [];
  const source: FactSource = async ({ request }, signal) => {
    asked.push(request.name);
    const answer = { source: 'test', observedAtMs: NOON, maxAgeMs: 86_400_000 };
    if (request.name === 'risk') return { name: 'risk', value: { high: false }, ...answer };
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    throw new Error('gave up');
  };
  const scene = await guardScene({ sources: [source], bounds: { gatherMs: 10 } });
  const session = await scene.open();
  const waiting = valueOf(await scene.decide(session, 'r', 'checks.run'));
  assert.deepEqual([waiting.verdict, waiting.until], ['defer', ['fraud']]);
  assert.deepEqual(asked, ['fraud', 'risk']);
  valueOf(await scene.decide(session, 'other', 'notes.add'));
  assert.equal(asked.length, 2, 'a tool that needs no facts looks none up');
});

test('guard: a pact that is armed while facts are gathered decides on its own facts', async () => {
  verifies('pact.versions');
  let arm = async (): Promise<void> => undefined;
  const source: FactSource = async ({ request: { name } }) => {
    await arm();
    const answer = { source: 'test', observedAtMs: NOON, maxAgeMs: 86_400_000 };
    return { name, value: { high: false }, ...answer };
  };
  const scene = await guardScene({ sources: [source], pact: SUPPORT_PACT.replace(UNLESS, '') });
  const session = await scene.open();
  const stricter = scene.pacts.load(SUPPORT_PACT);
  arm = async () => {
    arm = async () => undefined;
    valueOf(await scene.guard.arm('support', stricter));
  };
  const answer = valueOf(await scene.decide(session, 'r', 'checks.run'));
  assert.equal(answer.verdict, 'allow');
  assert.equal(scene.entries().at(-1)?.open['pact'], stricter.digest);
});

const UNLESS = ', unless: facts.risk.high';

test('guard: an evaluation leaves nothing behind', async () => {
  verifies('evidence.explain');
  const scene = await guardScene();
  const session = await scene.open();
  const before = scene.log.entries().length;
  const asked = { agent: 'support', tool: 'refunds.pay', args: { amount: '60.00', order: 'o' } };
  const explained = valueOf(await scene.guard.evaluate({ ...asked, session }));
  assert.equal(explained.decision.verdict.kind, 'deny');
  const { principal, task, room, attributes, openedBy } = ADA;
  const attestation = { principal, task, room, attributes, openedBy };
  const attested = valueOf(await scene.guard.evaluate({ ...asked, session: attestation }));
  assert.equal(attested.summary, explained.summary);
  assert.equal(scene.log.entries().length, before);
  assert.equal(scene.guard.status('support')?.openSessions, 1);
  assert.equal(codeOf(await scene.guard.evaluate({ ...asked, session: 's' })), 'unknown-session');
});
