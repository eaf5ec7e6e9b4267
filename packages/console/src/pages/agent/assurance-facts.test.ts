import assert from 'node:assert/strict';
import { test } from 'node:test';

import { agentQuestions } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import type { Assurance } from '../../data/agent-assurance.ts';
import { factsOf, sayMore } from './assurance-facts.ts';

const KNOWN: Assurance = {
  drill: null,
  lastHaltMs: null,
  channels: 0,
  decisions: { count: 3, isMore: false },
  unfinished: 1,
  log: { size: 9, isWitnessed: false },
};

function said(agent: { leases: string[]; bypasses: number }, assurance: Assurance) {
  const answers = agentQuestions({ pact: null, ...factsOf(agent, assurance) });
  return sayMore(answers, agent, assurance).map(({ answer, owed }) => [answer, owed]);
}

test('answers: what nobody did yet is owed, and ways around are', () => {
  verifies('fleet.inventory');
  const [scope, enforcement, signals, halting, record] = said({ leases: [], bypasses: 2 }, KNOWN);
  assert.deepEqual(scope, ['nothing: no pact is armed', 'publish a pact']);
  assert.deepEqual(enforcement, [
    'each action is decided at the daemon; no enforcement point has a lease',
    'found 2 ways around them: plumb inventory bypass --list',
  ]);
  assert.deepEqual(signals, [
    'no finding halts it; nobody is told',
    'say `halt_on` in its pact; configure `notify`',
  ]);
  assert.deepEqual(halting, ['never tried', 'halt it once while it works, and resume it']);
  assert.equal(
    record?.[0],
    '3 decisions, 1 without an outcome; the log is kept on this machine alone',
  );
});

test('answers: what this person may not be told is not said to be owed', () => {
  const assurance = { ...KNOWN, channels: null, log: null, lastHaltMs: 40 };
  const [, enforcement, signals, halting, record] = said(
    { leases: ['gateway'], bypasses: 0 },
    assurance,
  );
  assert.deepEqual(enforcement, ['1 enforcement point under a lease: gateway', null]);
  assert.deepEqual(signals, ['no finding halts it; who is told is not shown to you', null]);
  assert.deepEqual(halting, ['its last halt was effective after 40 ms', null]);
  assert.deepEqual(record, ['3 decisions, 1 without an outcome', null]);
});
