import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { factOf, type Scene, sceneOf, verifies } from '@plumbline/testkit';

import type { Approval } from '../approval/approval.ts';
import type { JsonObject } from '../json.ts';
import type { Action } from './action.ts';

const DESK = `
pact: plumbline/v1
agent: desk
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
session: { customer_id: string }
tools:
  orders.get: { effect: read, category: orders, sensitive: [customer] }
  web.fetch: { effect: read, category: web, trust: untrusted, open_world: true }
  refunds.pay: { effect: write, category: money, money: amount, reversible: no }
  mail.send: { effect: send, category: mail, reversible: no }
  tickets.close: { effect: write, category: tickets, entity: { kind: ticket, id: id } }
  export.all: { effect: read, category: export, tier: elevated, records: result.count }
  prompt.set: { effect: write, category: self, touches: [self] }
tiers:
  elevated: { claim: roles, contains: exporter, max_age: 5m }
  escalate: ask the data desk
approvers: [role:lead]
bulk: { percentile: 99, floor: 2, cold_start: 20 }
unlisted: block_and_replan
gates: { widen_after: 2, approvers: [role:owner] }
duplicates:
  - { id: same-refund, tool: refunds.pay, key: [args.order, args.amount], within: 24h, then: deny }
persistence: { warn: 2, pause: 3, halt: 4 }
allow:
  - { id: read, tool: [orders.get, web.fetch, export.all] }
  - id: refund
    tool: refunds.pay
    when: money(args.amount) <= money("50.00")
    limit: { calls: 3, per: session }
    budget: { sum: args.amount, max: "100.00", per: day }
  - { id: mail, tool: mail.send }
  - { id: close, tool: tickets.close }
  - { id: self, tool: prompt.set }
exclude:
  - id: no-secrets
    tool: mail.send
    when: args.body.contains("secret")
    say: never mail secrets
step_up:
  - { id: many, tool: mail.send, when: size(args.to) > 1, approvers: [role:lead], within: 15m }
modify:
  - id: hide-phone
    tool: mail.send
    when: has(args.phone)
    rewrite: [{ redact: args.phone, with: "[phone]" }]
halt_on: [canary]
`;

function approvalOf(scene: Scene, action: Action): Approval {
  return {
    id: 'a1',
    session: 's',
    action: action.digest,
    pact: scene.pact.digest,
    rules: ['many'],
    outcome: 'approved',
    by: ['bo'],
    reason: 'known customers',
    expiresAtMs: scene.now + 1000,
  };
}

const desk = (): ReturnType<typeof sceneOf> => sceneOf(DESK).open();

describe('decide', () => {
  it('allows what a rule allows and charges it', () => {
    const decision = desk().look({ tool: 'orders.get', args: { id: 'o1' } });
    assert.equal(decision.verdict.kind, 'allow');
    assert.deepEqual(decision.charges, ['read']);
  });

  it('refuses without an open session', () => {
    const answer = sceneOf(DESK).answer({ tool: 'orders.get', args: {} });
    assert.deepEqual(answer, ['deny', 'session']);
  });

  it('refuses what is not listed, as a violation', () => {
    verifies('pact.default-deny');
    const decision = desk().look({ tool: 'users.delete' });
    const [finding] = decision.because;
    assert.equal(finding?.rule, 'unlisted');
    assert.equal(finding?.violation, true);
  });

  it('an exclusion wins over a permission and an approval', () => {
    verifies('pact.excluded');
    const args = { to: ['a', 'b'], body: 'the secret' };
    const { verdict } = desk().look({ tool: 'mail.send', args });
    assert.deepEqual(verdict, { kind: 'deny', say: 'never mail secrets' });
  });

  it('a restriction that cannot be evaluated denies', () => {
    const answer = desk().answer({ tool: 'mail.send', args: { to: ['a'] } });
    assert.deepEqual(answer, ['deny', 'no-secrets']);
  });

  it('a halt beats everything and lasts until a person resumes', () => {
    verifies('human.halt');
    const scene = desk();
    const halt = { scope: 'agent', target: '', epoch: 1, reason: 'x', by: 'ada' } as const;
    scene.tell({ kind: 'halt', at: scene.now, halt });
    assert.deepEqual(scene.answer({ tool: 'orders.get' }), ['deny', 'halt:agent']);
    const resume = { scope: 'agent', target: '', reason: 'ok', by: 'ada' } as const;
    scene.tell({ kind: 'resume', at: scene.now, resume });
    assert.equal(scene.answer({ tool: 'orders.get' })[0], 'allow');
    assert.equal(scene.state.epoch, 1);
  });

  it('a budget is reserved in the deciding turn', () => {
    verifies('pact.limits');
    const scene = desk();
    const pay = (order: string): readonly string[] =>
      scene.answer({ tool: 'refunds.pay', args: { order, amount: '40.00' } });
    assert.equal(pay('1')[0], 'allow');
    assert.equal(pay('2')[0], 'allow');
    assert.deepEqual(pay('3'), ['deny', 'budget:refund']);
    scene.wait(86_400_000);
    assert.equal(pay('3')[0], 'allow');
    assert.deepEqual(pay('4'), ['deny', 'limit:refund']);
  });

  it('gives a reservation back only on proof that the action never left', () => {
    const scene = desk();
    const call = { tool: 'refunds.pay', args: { order: '1', amount: '40.00' } };
    const { id } = scene.propose(call);
    const ends = { at: scene.now, decision: id, session: 's', result: null, records: null };
    scene.tell({ kind: 'outcome', ...ends, tool: call.tool, args: call.args, status: 'not_sent' });
    assert.equal(scene.state.counters.size, 1);
    assert.equal([...scene.state.counters.values()][0]?.used, 0n);
    assert.equal(scene.look(call).verdict.kind, 'allow');
  });

  it('catches a repeated payment', () => {
    verifies('enforce.duplicates');
    const scene = desk();
    const args = { order: '1', amount: '5.00' };
    assert.equal(scene.answer({ tool: 'refunds.pay', args })[0], 'allow');
    assert.deepEqual(scene.answer({ tool: 'refunds.pay', args }), ['deny', 'same-refund']);
  });

  it('an approval discharges only the rule it names, for the exact action, once', () => {
    verifies('human.approvals');
    const scene = desk();
    const action = scene.action({ tool: 'mail.send', args: { to: ['a', 'b'], body: 'hi' } });
    assert.equal(scene.lookAt(action).verdict.kind, 'step_up');
    const approval = approvalOf(scene, action);
    scene.tell({ kind: 'approval', at: scene.now, approval });
    const decision = scene.lookAt(action);
    assert.equal(decision.verdict.kind, 'allow');
    assert.deepEqual(decision.spends, ['a1']);
    const other = scene.action({ tool: 'mail.send', args: { to: ['a', 'c'], body: 'hi' } });
    assert.equal(scene.lookAt(other).verdict.kind, 'step_up');
    const facts: [] = [];
    scene.tell({ kind: 'decided', at: scene.now, id: 'd', action, facts, decision });
    assert.equal(scene.lookAt(action).verdict.kind, 'step_up');
  });

  it('rewrites once, and the rewritten action is decided again', () => {
    const args = { to: ['a'], body: 'hi', phone: '555' };
    const { verdict } = desk().look({ tool: 'mail.send', args });
    assert.deepEqual(verdict, {
      kind: 'modify',
      args: { to: ['a'], body: 'hi', phone: '[phone]' },
      rewrites: [{ rule: 'hide-phone', path: 'phone', value: '[phone]' }],
    });
  });

  it('an elevated tier needs a verified, fresh claim', () => {
    verifies('pact.tiers', 'authority.verified');
    const scene = desk();
    assert.deepEqual(scene.answer({ tool: 'export.all' }), ['deny', 'tier:elevated']);
    const claim = {
      session: 's',
      name: 'roles',
      values: ['exporter'],
      mechanism: 'oidc',
      verifiedAtMs: scene.now,
      expiresAtMs: scene.now + 3_600_000,
    } as const;
    scene.tell({ kind: 'claim', at: scene.now, claim });
    assert.equal(scene.answer({ tool: 'export.all' })[0], 'allow');
    scene.wait(300_001);
    assert.deepEqual(scene.answer({ tool: 'export.all' }), ['deny', 'tier:elevated']);
  });

  it('a violation closes the gate of its category, and widens over distinct principals', () => {
    verifies('enforce.review-gate');
    const scene = desk();
    scene.answer({ tool: 'mail.send', args: { to: ['a'], body: 'secret' } });
    const mail = { tool: 'mail.send', args: { to: ['a'], body: 'hi' } };
    assert.deepEqual(scene.answer(mail), ['step_up', 'gate:mail']);
    scene.open({ session: 't', principal: 'bo' });
    assert.equal(scene.answer({ ...mail, session: 't' })[0], 'allow');
    scene.answer({ tool: 'mail.send', args: { to: ['a'], body: 'secret' }, session: 't' });
    scene.open({ session: 'u', principal: 'cy' });
    assert.deepEqual(scene.answer({ ...mail, session: 'u' }), ['step_up', 'gate:mail']);
  });

  it('repeated refusals warn, pause and halt', () => {
    verifies('enforce.persistence');
    const scene = desk();
    const bad = { tool: 'refunds.pay', args: { order: '1', amount: '99.00' } };
    scene.propose(bad);
    scene.propose(bad);
    assert.equal(scene.propose(bad).decision.obligations[0]?.kind, 'warn');
    scene.propose(bad);
    const { decision } = scene.propose(bad);
    assert.ok(decision.obligations.some(({ kind }) => kind === 'halt_session'));
    assert.deepEqual(scene.answer({ tool: 'orders.get' }), ['deny', 'halt:session']);
  });

  it('what a person locked stays as it is', () => {
    verifies('enforce.human-wins');
    const scene = desk();
    const lock = { entity: 'ticket', id: 't1', field: null, untilMs: null, by: 'bo' };
    scene.tell({ kind: 'lock', at: scene.now, ...lock });
    const close = (id: string): readonly string[] =>
      scene.answer({ tool: 'tickets.close', args: { id } });
    assert.deepEqual(close('t1'), ['deny', 'lock:ticket']);
    assert.equal(close('t2')[0], 'allow');
  });

  it('an agent may not change itself', () => {
    verifies('enforce.self-change');
    assert.deepEqual(desk().answer({ tool: 'prompt.set' }), ['deny', 'protected:self']);
  });

  it('a finding the pact lists halts the session', () => {
    const scene = desk();
    scene.tell({ kind: 'finding', at: scene.now, session: 's', name: 'canary' });
    assert.deepEqual(scene.answer({ tool: 'orders.get' }), ['deny', 'halt:session']);
  });

  it('arguments nested too deep are refused, not followed', () => {
    let args = {};
    for (let depth = 0; depth < 50_000; depth += 1) args = { a: args };
    const action = { id: 'r', session: 's', tool: 'orders.get', args, digest: 'sha256:0' } as const;
    const { verdict } = desk().lookAt(action);
    assert.equal(verdict.kind, 'deny');
  });

  it('a stale fact is no fact', () => {
    const scene = desk();
    const fact = factOf('source', { verified: true }, scene.now - 120_000);
    const decision = scene.look({ tool: 'orders.get', facts: [fact] });
    assert.equal(decision.verdict.kind, 'allow');
  });

  it('an approval that was spent does not come back when it is recorded again', () => {
    const scene = desk();
    const action = scene.action({ tool: 'mail.send', args: { to: ['a', 'b'], body: 'hi' } });
    const event = { kind: 'approval', at: scene.now, approval: approvalOf(scene, action) } as const;
    scene.tell(event);
    const decision = scene.lookAt(action);
    scene.tell({ kind: 'decided', at: scene.now, id: 'd', action, facts: [], decision });
    scene.tell(event);
    assert.equal(scene.lookAt(action).verdict.kind, 'step_up');
  });

  it('an approval by fewer people than the quorum discharges nothing', () => {
    const scene = sceneOf(DESK.replace('within: 15m }', 'within: 15m, quorum: 2 }')).open();
    const action = scene.action({ tool: 'mail.send', args: { to: ['a', 'b'], body: 'hi' } });
    const approval = { ...approvalOf(scene, action), by: ['bo', 'bo'] };
    scene.tell({ kind: 'approval', at: scene.now, approval });
    assert.equal(scene.lookAt(action).verdict.kind, 'step_up');
    scene.tell({
      kind: 'approval',
      at: scene.now,
      approval: { ...approval, id: 'b', by: ['bo', 'cy'] },
    });
    assert.equal(scene.lookAt(action).verdict.kind, 'allow');
  });

  it('an argument the schema does not declare is refused; deeper, where it is closed', () => {
    const schema = `schema: { type: object, properties: { id: {}, to: { type: array, items:
      { type: object, properties: { name: {} }, additionalProperties: false } } } }`;
    const scene = sceneOf(DESK.replace('category: orders,', `category: orders, ${schema},`)).open();
    const look = (args: JsonObject): unknown =>
      scene.look({ tool: 'orders.get', args }).verdict.kind;
    assert.equal(look({ id: '1', to: [{ name: 'x' }, 'y'] }), 'allow');
    assert.equal(look({ id: '1', bcc: 'x' }), 'deny');
    assert.equal(look({ id: '1', to: [{ name: 'x', bcc: 'y' }] }), 'deny');
  });

  it('a task narrows what the agent calls, not what it answers', () => {
    const yaml = `${DESK}tasks: { look: { tools: [orders.get] } }\n`.replace(
      'allow:',
      'allow:\n  - { id: answer, output: any }',
    );
    const scene = sceneOf(yaml).open({ task: 'look' });
    assert.equal(scene.answer({ tool: 'output.answer', args: { text: 'hi' } })[0], 'allow');
    assert.deepEqual(scene.answer({ tool: 'mail.send', args: { to: [], body: '' } }), [
      'deny',
      'task:look',
    ]);
  });
});
