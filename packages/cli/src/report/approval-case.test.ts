import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { renderCase } from './approval-case.ts';

const CASE: JsonObject = {
  id: 'apr_1',
  agent: 'support',
  tool: 'pay',
  state: 'pending',
  askedAt: 1_700_000_000_000,
  expiresAtMs: 1_700_000_600_000,
  principal: 'ada',
  requirements: [],
  why: [],
  action: { tool: 'pay', args: { amount: 90 } },
  gathered: null,
  agentSays: null,
  usual: null,
  equal: [],
  cast: [],
};

const shownOf = (more: JsonObject): readonly string[] =>
  renderCase({ ...CASE, ...more }, 'plumb').split('\n');

/** The lines below a head, up to the next empty one. */
function under(head: string, more: JsonObject): readonly string[] {
  const lines = shownOf(more);
  const at = lines.indexOf(head);
  return at < 0 ? [] : lines.slice(at + 1, lines.indexOf('', at));
}

test('approval show: how the action differs from the last ones of its tool', () => {
  verifies('human.approvals');
  const head = 'beside what is usual';
  const differences = [
    { path: 'amount', what: 'above', low: 5, high: 40 },
    { path: 'tip', what: 'below', low: 1, high: 2 },
    { path: 'to', what: 'new-value', low: null, high: null },
    { path: 'cc\u001b[2J', what: 'new-argument', low: null, high: null },
    { path: 'memo', what: 'left-out', low: null, high: null },
  ];
  const usual = { looked: 20, compared: 18, verdicts: { allow: 19, deny: 1 }, differences };
  assert.deepEqual(under(head, { usual }), [
    '  amount: above all of them, which went from 5 to 40',
    '  tip: below all of them, which went from 1 to 2',
    '  to: none of them had this value',
    '  cc [2J: none of them had it',
    '  memo: left out, all of them had it',
    '  beside the last 18 uses of pay: 19 allow, 1 deny',
  ]);
  assert.deepEqual(under(head, { usual: { ...usual, differences: [] } })[0], '  nothing differs');
  assert.deepEqual(under(head, { usual: { ...usual, looked: 0, compared: 0, differences: [] } }), [
    '  nothing to compare with: the agent never used pay before',
  ]);
  assert.deepEqual(under(head, { usual: { ...usual, compared: 0, differences: [] } }), [
    '  the last 20 uses of pay cannot be opened any more',
  ]);
  assert.deepEqual(under(head, { usual: null }), []);
});

test('approval show: what waits for the very same action, and how all are decided at once', () => {
  verifies('human.approvals');
  const head = 'the very same action waits as well';
  assert.deepEqual(under(head, { equal: ['apr_2', 'apr_3'] }), [
    '  apr_2, apr_3',
    '  together: `plumb approval approve apr_1 apr_2 apr_3 --reason … … …`, one for each',
  ]);
  assert.deepEqual(under(head, {}), []);
});
