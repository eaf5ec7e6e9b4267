import assert from 'node:assert/strict';
import { test } from 'node:test';

import { stateOf, waitsText } from './agent-state.ts';

const nothing = { approvals: 0, gates: 0, pacts: 0, tools: 0, reviews: 0 };

test('fleet: what waits for a person is said before what runs, and a halt before both', () => {
  const waits = { ...nothing, approvals: 2, gates: 1 };
  assert.equal(stateOf({ state: 'active', waits }), 'waits');
  assert.equal(stateOf({ state: 'halted', waits }), 'halted');
  assert.equal(stateOf({ state: 'restricted', waits }), 'partly halted');
  assert.equal(stateOf({ state: 'active', waits: nothing }), 'working');
  assert.equal(waitsText({ waits }), '2 approvals, 1 gate');
});
