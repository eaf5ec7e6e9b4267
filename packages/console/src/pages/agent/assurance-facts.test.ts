import assert from 'node:assert/strict';
import { test } from 'node:test';

import { agentQuestions } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import type { Assurance } from '../../data/agent-assurance.ts';
import { type AskedAgent, factsOf, sayAnswers } from './assurance-facts.ts';

const KNOWN: Assurance = {
  drill: null,
  lastHaltMs: null,
  isHaltPending: false,
  channels: 0,
  decisions: { count: 3, isMore: false },
  unfinished: 1,
  log: { size: 9, isWitnessed: false },
};

const DESK: AskedAgent = {
  agent: 'desk',
  pact: null,
  shadow: null,
  state: 'unarmed',
  halts: [],
  leases: [],
  bypasses: 0,
  inFlight: 0,
};

const SCOPE = '2 of 2 tools: 2 read; 2 of them without a person (sha256:00)';

function said(
  agent: Partial<AskedAgent>,
  known: Partial<Assurance> = {},
): readonly (readonly [string, ...string[]])[] {
  const [of, assurance] = [
    { ...DESK, ...agent },
    { ...KNOWN, ...known },
  ];
  const asked = agentQuestions({ pact: null, ...factsOf(of, assurance) });
  const scope = { question: 'what exactly may it do?', answer: SCOPE, owed: null };
  const answers = sayAnswers([scope, ...asked.slice(1)], of, assurance);
  return answers.map(({ answer, owed }) => [
    answer,
    ...owed.map(({ text, place }) => `${text} > ${place ?? ''}`),
  ]);
}

test('answers: without a pact nothing is allowed, and nothing else is said of one', () => {
  verifies('fleet.inventory');
  const [scope, enforcement, signals, halting, record] = said({ bypasses: 2 });
  assert.deepEqual(scope, [
    'nothing: no pact is armed, so all it asks for is refused',
    'write a pact and publish it > /agents/desk/pact',
  ]);
  assert.deepEqual(enforcement, [
    'each action is asked about at the daemon, by a hook or a gateway that holds no lease now; ' +
      'what does not ask is not stopped',
    '2 ways around them found > /attention',
  ]);
  assert.deepEqual(signals, [
    'no pact says which findings halt it; nobody is told',
    'set up who is told > /settings/notifications',
  ]);
  assert.deepEqual(halting, ['never tried', 'practise it: a drill stops nothing real > /drills']);
  assert.deepEqual(record, [
    '3 decisions, 1 without an outcome; the log is kept on this machine alone',
    'find out what became of those > /agents/desk/actions?state=unfinished',
    'add a witness: nobody else could tell a rewritten log > ',
  ]);
});

test('answers: a shadow alone allows nothing, and one beside a pact stops nothing', () => {
  assert.deepEqual(said({ shadow: 'sha256:1' })[0], [
    'nothing: no pact is armed, so all it asks for is refused; ' +
      'the pact in its shadow only notes what it would say',
    'publish the one in its shadow > /agents/desk/versions',
  ]);
  const both = { pact: 'sha256:0', shadow: 'sha256:1', state: 'idle' } as const;
  assert.deepEqual(said(both)[0], [
    '2 of 2 tools: 2 read; 2 of them without a person; ' +
      'another pact runs in its shadow and stops nothing',
  ]);
});

test('answers: halted, it may do nothing; halted in part, the part is named', () => {
  const armed = { pact: 'sha256:0' };
  const whole = { scope: 'agent', target: '', reason: 'why' };
  assert.match(
    said({ ...armed, state: 'halted', halts: [whole] })[0]?.[0] ?? '',
    /^nothing while it is halted; then 2 of 2 tools/,
  );
  const part = { scope: 'tool', target: 'mail.send', reason: 'why' };
  assert.match(
    said({ ...armed, state: 'restricted', halts: [part] })[0]?.[0] ?? '',
    /without a person; halted for now: tool mail\.send$/,
  );
  assert.match(
    said({ ...armed, state: 'halted' }, { isHaltPending: true })[3]?.[0] ?? '',
    /^a halt of it is taking effect now$/,
  );
});

test('answers: what never asked is not said to be enforced', () => {
  const none = { decisions: { count: 0, isMore: false }, unfinished: 0 };
  assert.deepEqual(said({ pact: 'sha256:0', state: 'idle' }, none)[1], [
    'nothing of it has asked here yet',
    'put a gateway or a hook before it: `plumb mcp --agent desk -- your-server` > ',
  ]);
  assert.equal(said({}, none)[4]?.[0], 'no decisions; the log is kept on this machine alone');
});

test('answers: what this person may not be told is not said to be owed', () => {
  const known = { channels: null, log: null, lastHaltMs: 40, unfinished: 2 };
  const agent: Partial<AskedAgent> = {
    pact: 'sha256:0',
    state: 'active',
    leases: ['gateway'],
    inFlight: 2,
  };
  const [, enforcement, signals, halting, record] = said(agent, known);
  assert.deepEqual(enforcement, ['1 enforcement point under a lease: gateway']);
  assert.deepEqual(signals, [
    'no finding halts it; who is told is not shown to you',
    'say `halt_on` in its pact > /agents/desk/pact',
  ]);
  assert.deepEqual(halting, ['its last halt was effective after 40 ms']);
  assert.deepEqual(record, ['3 decisions, 2 without an outcome']);
});

test('answers: a drill that failed, is overdue, or has too few people behind it, is owed', () => {
  const last = {
    id: 'd1',
    agent: 'desk',
    state: 'failed',
    why: 'slow',
    cause: 'asked',
    by: 'k',
    boundMs: 1,
    startedAt: 1,
    endedAt: 2,
    session: null,
    halt: null,
    times: { latchedMs: 1, effectiveMs: 900, lastForwardMs: 1 },
    forwarded: 1,
    refused: 1,
  } as const;
  const drill = {
    agent: 'desk',
    rule: null,
    last: { ...last, practised: [], holders: 1, needed: 3 },
    lastPassedAt: null,
    isRunning: false,
    dueAt: null,
    isOverdue: true,
    holders: 1,
    needed: 3,
    missing: 2,
    entries: [],
  };
  assert.deepEqual(said({ pact: 'sha256:0' }, { drill })[3], [
    'its last drill failed after 900 ms; 1 person may halt it',
    'see why its last drill failed > /drills/d1',
    '3 people should be able to halt it > /settings/people',
  ]);
  assert.deepEqual(said({ pact: 'sha256:0' }, { drill: { ...drill, last: null } })[3], [
    'never tried; 1 person may halt it',
    'a drill is overdue: practise it > /drills',
    '3 people should be able to halt it > /settings/people',
  ]);
});
