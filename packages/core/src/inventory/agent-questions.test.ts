import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sceneOf, verifies } from '@plumbline/testkit';

import { type AgentFacts, agentQuestions } from './agent-questions.ts';

const PACT = `
pact: plumbline/v1
agent: desk
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
halt_on: [bypass]
tools:
  order.get: { effect: read }
  refund.make: { effect: write, reversible: no, money: amount }
  mail.send: { effect: send }
allow:
  - { id: a, tool: [order.get, refund.make] }
step_up:
  - { id: b, tool: refund.make }
`;

const FACTS: AgentFacts = {
  pact: null,
  paths: [],
  channels: 0,
  lastHaltMs: null,
  decisions: { count: 0, isMore: false, unfinished: 0 },
  isWitnessed: false,
};

test('agent: what nobody can answer is owed, one for each of the five questions', () => {
  verifies('fleet.inventory');
  assert.deepEqual(
    agentQuestions(FACTS).map(({ owed }) => owed),
    [
      'publish a pact',
      'no path of it through a gateway or a hook is known on this machine',
      'say `halt_on` in its pact; configure `notify`',
      'halt it once while it works, and resume it',
      'nothing it did was ever decided here; ' +
        'nobody else could tell if the log was rewritten: add a witness',
    ],
  );
});

test('agent: what is known answers each question, and nothing is owed then', () => {
  verifies('fleet.inventory');
  const answers = agentQuestions({
    pact: sceneOf(PACT).pact,
    paths: [{ name: 'cursor: shop', governed: 'gateway stdio' }],
    channels: 2,
    lastHaltMs: 31,
    decisions: { count: 7, isMore: false, unfinished: 1 },
    isWitnessed: true,
  });
  assert.deepEqual(
    answers.map(({ owed }) => owed),
    [null, null, null, null, null],
  );
  const [scope, ...rest] = answers.map(({ answer }) =>
    answer.replace(/sha256:[0-9a-f]+/, 'digest'),
  );
  const counts = '1 read, 1 change something, 1 move money';
  assert.equal(scope, `2 of 3 tools: ${counts}; 1 of them without a person (digest)`);
  assert.deepEqual(rest, [
    'cursor: shop by gateway stdio',
    'halts on bypass; people are told by 2 channels',
    'its last halt was effective after 31 ms',
    '7 decisions, 1 without an outcome; the log is witnessed',
  ]);
});

test('agent: a path that nothing governs, and an effect nobody looks at, are owed', () => {
  const pact = sceneOf(PACT.replace(/step_up:\n.*\n/, '')).pact;
  const paths = [
    { name: 'cursor: shop', governed: 'gateway stdio' },
    { name: 'cursor: its own tools', governed: null },
  ];
  const [scope, enforcement] = agentQuestions({ ...FACTS, pact, paths });
  assert.equal(scope?.owed, 'nobody looks before what cannot be undone: refund.make');
  assert.equal(enforcement?.owed, 'it can also reach, governed by nothing: cursor: its own tools');
});
