import assert from 'node:assert/strict';
import { test } from 'node:test';

import { loadPact, runCases } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { casesText, truthText } from './cases-text.ts';

const ROW = {
  id: 'should-deny-0a1b2c3d4e5f-correction',
  decision: 'dec_1',
  session: 'ses_1',
  decidedAt: 1,
  at: 1_700_000_000_000,
  pact: `sha256:${'0'.repeat(64)}`,
  tool: 'refunds.pay',
  args: { amount: '40.00', order: 'a"b' },
  attributes: { customer_id: 'c-1' },
  task: null,
  principalText: 'refund 40,\nplease',
  verdict: 'allow',
  rules: ['refund'],
  label: 'should-deny',
  expect: 'deny',
  source: 'correction',
  by: 'k1',
  note: 'above 30\nexpect: allow',
} as const;

const PACT = `
pact: plumbline/v1
agent: support
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
session: { customer_id: string }
tools:
  refunds.pay: { effect: write, category: money, money: amount }
allow:
  - { id: refund, tool: refunds.pay, when: money(args.amount) <= money("50.00") }
cases: cases.yaml
`;

function failures(pact: string, cases: string): readonly (string | null)[] {
  const files = new Map([
    ['a.pact.yaml', pact],
    ['cases.yaml', cases],
  ]);
  const loaded = loadPact('a.pact.yaml', (path) => files.get(path));
  assert.ok(loaded.ok, loaded.ok ? '' : loaded.error.map(({ message }) => message).join('\n'));
  return runCases(loaded.value).results.map(({ why }) => why);
}

test('cases: a correction fails on the pact that was, and passes on the mended one', () => {
  verifies('human.feedback');
  const { text, count } = casesText([ROW]);
  assert.equal(count, 1);
  assert.deepEqual(text.split('\n').slice(0, 2), [
    '# decision dec_1 was allow; should-deny by k1 (correction) at 2023-11-14T22:13:20.000Z',
    '# above 30 expect: allow',
  ]);
  assert.match(failures(PACT, text)[0] ?? '', /^expected deny, got allow/);
  assert.deepEqual(failures(PACT.replace('50.00', '30.00'), text), [null]);
});

test('cases: of one action the newest label counts, and what no pact can meet is left out', () => {
  verifies('human.feedback');
  const newer = { ...ROW, id: 'should-allow-1-gate', label: 'should-allow', expect: 'allow' };
  const lock = { ...ROW, id: 'should-deny-2-lock', args: {}, expect: null };
  const { text, count } = casesText([lock, newer, ROW]);
  assert.equal(count, 1);
  assert.match(text, /expect: "allow"\n$/);
  assert.equal(truthText([lock, newer, ROW]).text.split('\n').length, 4);
});
