import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sceneOf } from '@plumbline/testkit';

const PACT = `
pact: plumbline/v1
agent: desk
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
tools: { refunds.pay: { effect: write } }
facts: { fraud: { max_age: 5m } }
allow: [{ id: pay, tool: refunds.pay }]
defer: [{ id: wait, tool: refunds.pay, until: fraud, within: 10m, say: the check takes a minute }]
`;

test('defer: the agent is told what its author wrote, and in the end what did not come', () => {
  const scene = sceneOf(PACT).open();
  const call = { tool: 'refunds.pay', id: 'r' };
  const [waiting] = scene.propose(call).decision.because;
  assert.deepEqual([waiting?.kind, waiting?.say], ['defer', 'the check takes a minute']);
  const [late] = scene.wait(600_000).look(call).because;
  assert.deepEqual([late?.kind, late?.say], ['deny', '`fraud` did not arrive in time']);
});
