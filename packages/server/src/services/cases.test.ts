import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { type GuardScene, guardScene, valueOf } from '../../testing/guard-scene.ts';
import { MemoryModels } from '../../testing/memory-models.ts';
import { LOCAL } from '../routes/gate/authenticate.ts';
import { makeCases } from './cases.ts';
import { served } from './served.ts';
import type { Cases, LabelledCases } from './labelled-case.ts';
import type { OpenEntry } from './write-entry.ts';

type Told = { readonly cases: Cases; readonly written: OpenEntry[] };

function casesOf({ guard, log, subjects }: GuardScene): Told {
  const models = new MemoryModels();
  const written: OpenEntry[] = [];
  const cases = makeCases({
    models,
    guard,
    sequencer: log,
    vault: { subjectKey: async (id) => (await subjects.byId(id))?.key },
    write: async (entry) => {
      written.push(entry);
      return served({ index: 0, at: 0 });
    },
    caughtUp: async () => {
      const from = await models.nextIndex();
      await models.fold(from, await log.read(from, 10_000));
    },
  });
  return { cases, written };
}

async function refund(scene: GuardScene, session: string, amount: string): Promise<string> {
  const args = { order: amount, amount };
  return valueOf(await scene.decide(session, amount, 'refunds.pay', args)).decision;
}

async function listed(cases: Cases): Promise<LabelledCases> {
  const list = await cases.list('support', LOCAL);
  assert.ok(list.ok);
  return list.value;
}

test('cases: what a person says of a decision comes back with all the pact looked at', async () => {
  verifies('human.feedback');
  const scene = await guardScene();
  const { cases, written } = casesOf(scene);
  const session = await scene.open();
  const said = { agent: 'support', session, from: 'principal', text: 'refund 40 please' } as const;
  valueOf(await scene.guard.message(said));
  const decision = await refund(scene, session, '40.00');
  const word = { decision, label: 'should-deny', note: 'above 30 a person decides' } as const;
  assert.ok((await cases.correct(word, LOCAL)).ok);
  const { rows, isComplete } = await listed(cases);
  assert.equal(isComplete, true);
  assert.deepEqual(rows, [
    {
      id: `should-deny-${decision.slice(-12)}-correction`,
      decision,
      session,
      decidedAt: scene.clock.ms,
      at: scene.clock.ms,
      pact: scene.pact.digest,
      tool: 'refunds.pay',
      args: { amount: '40.00', order: '40.00' },
      attributes: { customer_id: 'c-1' },
      task: null,
      principalText: 'refund 40 please',
      verdict: 'allow',
      rules: ['refund'],
      label: 'should-deny',
      expect: 'deny',
      source: 'correction',
      by: 'local',
      note: 'above 30 a person decides',
    },
  ]);
  assert.deepEqual(written, [
    { kind: 'read', agent: 'support', open: { by: 'local', session, decision: null } },
  ]);
  const [entry] = scene.entries().filter(({ kind }) => kind === 'correction');
  assert.deepEqual(entry?.open, { decision, label: 'should-deny', by: 'local' });
});

test('cases: those of an erased person are gone, and cannot be made any more', async () => {
  verifies('human.feedback', 'evidence.erasure');
  const scene = await guardScene();
  const { cases } = casesOf(scene);
  const decision = await refund(scene, await scene.open(), '40.00');
  const word = { decision, label: 'undone', note: 'taken back' } as const;
  assert.ok((await cases.correct(word, LOCAL)).ok);
  scene.subjects.erase((await scene.subjects.named('ada')).id);
  assert.deepEqual((await listed(cases)).rows, []);
  const again = await cases.correct(word, LOCAL);
  assert.equal(again.ok ? '' : again.error.code, 'not-found');
  const nowhere = await cases.correct({ ...word, decision: 'dec_0' }, LOCAL);
  assert.equal(nowhere.ok ? '' : nowhere.error.code, 'unknown-decision');
});

test('cases: a gate that is opened, and a lock, label what they were about', async () => {
  verifies('human.feedback');
  const scene = await guardScene({ pact: GATED });
  const { cases } = casesOf(scene);
  const { people } = scene.guard;
  const session = await scene.open();
  const refused = valueOf(await scene.decide(session, 'r1', 'notes.wipe', { id: 'n' })).decision;
  const person = { id: 'lena@example.com', email: 'lena@example.com', groups: [], names: [] };
  const of = { agent: 'support', category: 'notes', session, by: 'k1', reason: 'wiping is fine' };
  valueOf(await people.decideGate({ ...of, outcome: 'opened', person }));
  const lock = { entity: 'note', id: 'n-1', field: null, untilMs: null };
  const locked = { ...lock, agent: 'support', by: 'webhook', reason: 'final' };
  valueOf(await people.lock(locked));
  const denied = valueOf(await scene.decide(session, 'r2', 'notes.add', { id: 'n-1' })).decision;
  const { rows } = await listed(cases);
  assert.deepEqual(
    rows.map(({ decision, label, expect, source, by }) => [decision, label, expect, source, by]),
    [
      [denied, 'should-deny', null, 'lock', 'webhook'],
      [refused, 'should-allow', 'allow', 'gate', 'k1'],
    ],
  );
});

test('cases: what people approve or deny is truth about it, and asking stays right', async () => {
  verifies('human.feedback', 'human.approvals');
  const scene = await guardScene();
  const { cases } = casesOf(scene);
  const session = await scene.open();
  const lena = { id: 'lena', email: null, groups: ['lead'], names: ['lena'] };
  const ballot = { voter: lena, barred: [], givers: [], by: 'k1', mechanism: 'key' };
  const decided: string[] = [];
  for (const outcome of ['approve', 'deny'] as const) {
    const args = { copies: 2, body: outcome };
    decided.push(valueOf(await scene.decide(session, outcome, 'mail.send', args)).decision);
    const found = scene.guard.asks.list().at(-1);
    const ask = found?.ask.id ?? '';
    valueOf(await scene.guard.asks.vote({ ...ballot, ask, outcome, reason: 'seen' }));
  }
  const { rows } = await listed(cases);
  assert.deepEqual(
    rows.map(({ decision, label, expect, source, note }) => {
      return [decision, label, expect, source, note];
    }),
    [
      [decided[1], 'should-deny', 'step_up', 'approval', 'seen'],
      [decided[0], 'should-allow', 'step_up', 'approval', 'seen'],
    ],
  );
});

const GATED = `
pact: plumbline/v1
agent: support
purpose: Keep notes.
owner: desk@example.com
autonomy: 2
session: { customer_id: string }
tools:
  notes.add: { effect: write, category: notes, entity: { kind: note, id: id } }
  notes.wipe: { effect: write, category: notes }
gates: { widen_after: 3, approvers: [lena@example.com] }
allow:
  - { id: add, tool: notes.add }
exclude:
  - { id: no-wipe, tool: notes.wipe, say: nobody wipes notes }
`;
