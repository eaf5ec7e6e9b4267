import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { checkRecord } from '../../testing/check-record.ts';
import { codeOf, type GuardScene, guardScene, valueOf } from '../../testing/guard-scene.ts';
import { Recorder } from '../record/recorder.ts';

/** A pact whose tools name what they change. */
export const TICKETS_PACT = `
pact: plumbline/v1
agent: support
purpose: Keep tickets in order.
owner: desk@example.com
autonomy: 2
session: { customer_id: string }
tools:
  tickets.get: { effect: read, category: tickets, entity: { kind: ticket, id: id } }
  tickets.update: { effect: write, category: tickets, entity: { kind: ticket, id: id } }
gates: off
allow:
  - { id: all, tool: [tickets.get, tickets.update] }
`;

const LOCK = { entity: 'ticket', id: 'T-7', field: null, untilMs: null, by: 'webhook' } as const;
const SET = { ...LOCK, agent: 'support', reason: 'closed by a person' };
const LIFT = { entity: 'ticket', id: 'T-7', field: null, by: 'lena', reason: 'reopened' } as const;

async function verdictOf(scene: GuardScene, session: string, request: string): Promise<string> {
  const { agent } = { agent: 'support' };
  const args = { id: 'T-7', status: 'open' };
  const asked = { agent, session, request, tool: 'tickets.update', args };
  const answer = valueOf(await scene.guard.decide(asked));
  return answer.verdict === 'deny' ? answer.rules.join() : answer.verdict;
}

test('locks: what a person closed no session changes, until a person lifts it', async () => {
  verifies('enforce.human-wins');
  const scene = await guardScene({ pact: TICKETS_PACT });
  const session = await scene.open();
  assert.equal(await verdictOf(scene, session, 'r1'), 'allow');
  const { stops } = valueOf(await scene.guard.people.lock(SET));
  assert.deepEqual(stops, ['tickets.update']);
  assert.equal(await verdictOf(scene, session, 'r2'), 'lock:ticket');
  assert.equal(await verdictOf(scene, await scene.open({ principal: 'bob' }), 'r1'), 'lock:ticket');
  const again = await scene.restart();
  assert.deepEqual(again.guard.people.locks('support'), [
    {
      entity: 'ticket',
      id: 'T-7',
      field: null,
      untilMs: null,
      by: 'webhook',
      reason: 'closed by a person',
      at: Date.UTC(2026, 0, 1, 12),
      isOnEveryAgent: false,
    },
  ]);
  assert.equal(await verdictOf(again, session, 'r3'), 'lock:ticket');
  valueOf(await again.guard.people.unlock({ ...LIFT, agent: 'support' }));
  assert.deepEqual(again.guard.people.locks('support'), []);
  assert.equal(await verdictOf(again, session, 'r4'), 'allow');
  const [last] = again.entries().filter(({ kind }) => kind === 'unlock');
  assert.deepEqual(last?.open, { ...LIFT });
});

test('locks: one on every agent holds for agents that are added later', async () => {
  verifies('enforce.human-wins');
  const scene = await guardScene({ pact: TICKETS_PACT });
  const { guard } = scene;
  valueOf(await guard.people.lock({ ...SET, agent: null }));
  valueOf(await guard.addAgent('support-eu', 'local'));
  valueOf(await guard.arm('support-eu', scene.pact));
  const again = await scene.restart();
  for (const { guard: each } of [scene, again]) {
    const session = await scene.open();
    assert.equal(each.people.locks('support-eu')?.[0]?.isOnEveryAgent, true);
    assert.equal(await verdictOf(scene, session, 'r1'), 'lock:ticket');
  }
  valueOf(await again.guard.people.unlock({ ...LIFT, agent: null }));
  assert.deepEqual(again.guard.people.locks('support-eu'), []);
  assert.deepEqual(again.guard.people.locks(null), []);
});

test('locks: one from before the first pact is in the state a stranger folds', async () => {
  verifies('evidence.recompute');
  const scene = await guardScene({ pact: TICKETS_PACT });
  const { guard } = scene;
  valueOf(await guard.people.lock({ ...SET, agent: null }));
  valueOf(await guard.addAgent('support-eu', 'local'));
  valueOf(await guard.arm('support-eu', scene.pact));
  const session = await scene.open({ agent: 'support-eu' });
  const args = { id: 'T-7' };
  const asked = { agent: 'support-eu', session, request: 'r1', tool: 'tickets.update', args };
  assert.deepEqual(valueOf(await guard.decide(asked)).rules, ['lock:ticket']);
  const { states, decisions } = await checkRecord(scene);
  assert.deepEqual(states, { same: decisions, differs: 0, unknown: 0 });
});

test('locks: of two layers the later end holds, whichever is lifted first', async () => {
  const scene = await guardScene({ pact: TICKETS_PACT });
  const { guard, clock } = scene;
  const session = await scene.open();
  valueOf(await guard.people.lock({ ...SET, agent: null }));
  valueOf(await guard.people.lock({ ...SET, untilMs: clock.ms + 1_000 }));
  clock.wait(2_000);
  assert.equal(await verdictOf(scene, session, 'r1'), 'lock:ticket');
  valueOf(await guard.people.lock({ ...SET, untilMs: clock.ms + 60_000 }));
  valueOf(await guard.people.unlock({ ...LIFT, agent: null }));
  assert.equal(await verdictOf(scene, session, 'r2'), 'lock:ticket');
  valueOf(await guard.people.unlock({ ...LIFT, agent: 'support' }));
  assert.equal(await verdictOf(scene, session, 'r3'), 'allow');
});

test('locks: a lock on every agent that a crash cut short is made good', async () => {
  const scene = await guardScene({ pact: TICKETS_PACT });
  // As a crash leaves it: the node says it, and the agent's own entry never came.
  const at = scene.clock.ms;
  const { entity, id, field, untilMs, by } = LOCK;
  const recorder = new Recorder({ sequencer: scene.log });
  for (const bytes of scene.log.entries()) recorder.follow(bytes);
  const open = { entity, id, field, untilMs, by, reason: 'closed' };
  const bare = { agent: null, session: null, secret: null, subject: null } as const;
  await recorder.record({ ...bare, kind: 'node_lock', at, open }).durable;
  const again = await scene.restart();
  assert.equal(await verdictOf(again, await again.open(), 'r1'), 'lock:ticket');
});

test('locks: what is not locked cannot be lifted, and what is past cannot be set', async () => {
  const { guard, clock } = await guardScene({ pact: TICKETS_PACT });
  const { people } = guard;
  assert.equal(codeOf(await people.unlock({ ...LIFT, agent: 'support' })), 'not-found');
  assert.equal(codeOf(await people.unlock({ ...LIFT, agent: null })), 'not-found');
  assert.equal(codeOf(await people.lock({ ...SET, agent: 'nobody' })), 'unknown-agent');
  assert.equal(codeOf(await people.lock({ ...SET, untilMs: clock.ms })), 'bad-request');
  valueOf(await people.lock({ ...SET, agent: null }));
  const lifted = await people.unlock({ ...LIFT, agent: 'support' });
  assert.match(lifted.ok ? '' : lifted.error.message, /locked on every agent/);
});

test('locks: one holds whichever way the pact writes the path of the id', async () => {
  verifies('enforce.human-wins');
  const pact = TICKETS_PACT.replaceAll('id: id }', 'id: args.id }');
  const scene = await guardScene({ pact });
  const session = await scene.open();
  valueOf(await scene.guard.people.lock(SET));
  assert.equal(await verdictOf(scene, session, 'r1'), 'lock:ticket');
  assert.equal(await verdictOf(await scene.restart(), session, 'r2'), 'lock:ticket');
});

test('locks: one voids what was let through before it and not forwarded yet', async () => {
  verifies('enforce.human-wins');
  const scene = await guardScene({ pact: TICKETS_PACT });
  const tokenFor = async (session: string, id: string): Promise<string> => {
    const args = { id, status: 'open' };
    const answer = valueOf(await scene.decide(session, `for ${id}`, 'tickets.update', args));
    return answer.permit?.token ?? '';
  };
  const locked = await tokenFor(await scene.open(), 'T-7');
  const other = await tokenFor(await scene.open({ principal: 'bob' }), 'T-8');
  valueOf(await scene.guard.people.lock({ ...SET, agent: null, field: 'status' }));
  const agent = 'support';
  assert.equal(codeOf(scene.guard.redeem({ agent, token: locked })), 'permit-void');
  assert.equal(codeOf(scene.guard.redeem({ agent, token: other })), 'done');
});

test('locks: one holds however the id and the field are spelled', async () => {
  verifies('enforce.human-wins');
  const scene = await guardScene({ pact: TICKETS_PACT });
  const session = await scene.open();
  valueOf(await scene.guard.people.lock({ ...SET, field: 'status' }));
  const spelled = [
    { id: 't-7', status: 'open' },
    { id: ' T-7\n', status: 'open' },
    { id: 'T\u200b-7', Status: 'open' },
    { id: '\uff34-7', STATUS: 'open' },
  ];
  for (const [at, args] of spelled.entries()) {
    const answer = valueOf(await scene.decide(session, `r${at}`, 'tickets.update', args));
    assert.deepEqual([args, answer.rules], [args, ['lock:ticket']]);
  }
  valueOf(
    await scene.guard.people.unlock({ ...LIFT, agent: 'support', id: 't-7', field: 'Status' }),
  );
  const again = valueOf(await scene.decide(session, 'again', 'tickets.update', spelled[0]));
  assert.equal(again.verdict, 'allow');
});

test('locks: a change that names no id may be about what is locked', async () => {
  verifies('enforce.human-wins');
  const scene = await guardScene({ pact: TICKETS_PACT });
  const session = await scene.open();
  const unnamed = [{}, { id: null }, { id: '' }, { id: [] }, { id: { like: true } }];
  const rulesOf = async (as: string): Promise<readonly string[]> => {
    const rules = [];
    for (const [at, id] of unnamed.entries()) {
      const args = { ...id, status: 'open' };
      const asked = valueOf(await scene.decide(session, `${as}${at}`, 'tickets.update', args));
      rules.push(asked.rules.join());
    }
    return [...new Set(rules)];
  };
  assert.deepEqual(await rulesOf('free'), ['all']);
  valueOf(await scene.guard.people.lock({ ...SET, field: 'owner' }));
  assert.deepEqual(await rulesOf('other field'), ['all']);
  valueOf(await scene.guard.people.lock({ ...SET, field: 'status' }));
  assert.deepEqual(await rulesOf('locked'), ['lock:ticket']);
});
