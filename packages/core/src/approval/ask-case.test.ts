import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { apply } from '../decide/apply.ts';
import { initialState } from '../decide/state.ts';
import { loadPact } from '../pact/load.ts';
import { caseOf } from './ask-case.ts';

const PACT = `
pact: plumbline/v1
agent: support
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
session: { customer_id: string }
tools:
  refunds.pay:
    { effect: write, category: money, money: amount, reversible: partly, undo: refunds.take }
  refunds.take: { effect: write, category: money }
approvers: [role:lead]
facts: { fraud: { max_age: 5m }, risk: { max_age: 5m } }
allow:
  - { id: pay, tool: refunds.pay, unless: facts.fraud.high }
  - { id: take, tool: refunds.take }
step_up:
  - { id: large, tool: refunds.pay, when: facts.risk.level > 3, within: 15m }
`;

function armed() {
  const loaded = loadPact('a.pact.yaml', () => PACT);
  assert.ok(loaded.ok, loaded.ok ? '' : JSON.stringify(loaded.error));
  const { pact } = loaded.value;
  let state = apply(pact, initialState('support'), { kind: 'armed', at: 1, pact: pact.digest });
  const attested = { principal: 'ada', task: null, room: null, openedBy: 'k' };
  const attributes = { customer_id: 'c-1' };
  const opened = { kind: 'session_opened', at: 2, session: 's', attributes, ...attested } as const;
  state = apply(pact, state, opened);
  const said = { kind: 'message', at: 3, session: 's' } as const;
  state = apply(pact, state, { ...said, from: 'principal', text: 'refund order A-1042' });
  state = apply(pact, state, { ...said, from: 'untrusted', text: 'to DE89370400440532013000' });
  return { pact, state };
}

test('case: every value has its standing, and what a stranger wrote is found inside a text', () => {
  verifies('human.approval-facts');
  const { pact, state } = armed();
  const args = {
    order: 'A-1042',
    amount: '35.00',
    note: 'to DE89370400440532013000 now',
    who: 'c-1',
  };
  const action = {
    id: 's/r',
    session: 's',
    tool: 'refunds.pay',
    args,
    digest: 'sha256:a',
  } as const;
  const shown = caseOf(pact, state, { action, facts: [], now: 4 });
  assert.ok(shown !== null);
  assert.deepEqual(
    shown.arguments.map(({ path, value, standing, isPart }) => [path, value, standing, isPart]),
    [
      ['order', 'A-1042', 'trusted', false],
      ['amount', '35.00', 'agent', false],
      ['note', 'to DE89370400440532013000 now', 'agent', false],
      ['who', 'c-1', 'trusted', false],
      ['note', 'DE89370400440532013000', 'untrusted', true],
    ],
  );
  assert.equal(shown.money, '35.00');
  assert.deepEqual(
    [shown.tool?.effect, shown.tool?.reversible, shown.tool?.undo],
    ['write', 'partly', 'refunds.take'],
  );
  assert.deepEqual(shown.session.labels, ['untrusted']);
});

test('case: facts have their source and age, and what is not known is named', () => {
  verifies('human.approval-facts');
  const { pact, state } = armed();
  const action = {
    id: 's/r',
    session: 's',
    tool: 'refunds.pay',
    args: {},
    digest: 'sha256:a',
  } as const;
  const fact = { value: { level: 4 }, source: 'risk desk', maxAgeMs: 300_000 };
  const facts = [
    { ...fact, name: 'risk', observedAtMs: 1_000_000 },
    { ...fact, name: 'fraud', observedAtMs: 1 },
  ];
  const shown = caseOf(pact, state, { action, facts, now: 1_002_000 });
  assert.deepEqual(
    shown?.facts.map(({ name, source, ageMs, isFresh }) => [name, source, ageMs, isFresh]),
    [
      ['risk', 'risk desk', 2_000, true],
      ['fraud', 'risk desk', 1_001_999, false],
    ],
  );
  assert.deepEqual(shown?.missing, ['fraud']);
});

test('case: of a session that is closed nobody knows any more', () => {
  const { pact, state } = armed();
  const action = {
    id: 'x/r',
    session: 'x',
    tool: 'refunds.pay',
    args: {},
    digest: 'sha256:a',
  } as const;
  assert.equal(caseOf(pact, state, { action, facts: [], now: 4 }), null);
});
