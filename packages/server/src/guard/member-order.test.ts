import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonObject, snapshot } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { checkRecord } from '../../testing/check-record.ts';
import { guardScene, valueOf } from '../../testing/guard-scene.ts';

const PACT = `
pact: plumbline/v1
agent: support
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
session: { zone: string, account: string }
tools:
  web.fetch: { effect: read, category: web, trust: untrusted }
  pay: { effect: write, category: money, reversible: no }
gates: off
persistence: off
allow:
  - { id: read, tool: web.fetch }
  - { id: pay, tool: pay }
flows:
  - { id: no-strangers, from: untrusted, to: [write], then: step_up, approvers: [role:lead] }
approvers: [role:lead]
`;

/** What came in another order than the record keeps, with identifiers of two kinds of sources. */
const PAYMENTS: readonly JsonObject[] = [
  { to: 'GB33BUKB20201555555555', amount: 10_000_000_001, from: 'DE89370400440532013000' },
  { z: { y: 'eve@evil.example', b: 'ann@example.com' }, a: 'DE89370400440532013000' },
  { 10: 'eve@evil.example', 9: 'ann@example.com', b: [{ d: 1_000_000_002, c: -0 }] },
];

test('guard: whatever order members come in, what is recorded decides the same again', async () => {
  verifies('evidence.recompute');
  const scene = await guardScene({ pact: PACT });
  const attributes = { zone: 'ann@example.com', account: 'DE89370400440532013000' };
  const session = await scene.open({ attributes });
  const read = valueOf(await scene.decide(session, 'r', 'web.fetch', { url: 'x', at: 1 }));
  const { token = '' } = read.permit ?? {};
  valueOf(scene.guard.redeem({ agent: 'support', token }));
  const result = { z: 'pay GB33BUKB20201555555555', a: { y: 'eve@evil.example', b: 1 } };
  const status = 'ok' as const;
  const of = { agent: 'support', session, decision: read.decision, records: null };
  valueOf(await scene.guard.outcome({ ...of, status, result }));
  for (const [at, args] of PAYMENTS.entries()) {
    const answer = valueOf(await scene.decide(session, `p${at}`, 'pay', args));
    assert.equal(answer.verdict, 'step_up');
  }
  const report = await checkRecord(scene);
  assert.deepEqual(report.answers, { ...report.answers, mismatch: 0 });
  assert.deepEqual(report.states, { same: report.decisions, differs: 0, unknown: 0 });
  const again = await scene.restart();
  const [before] = scene.opened.states();
  const [after] = again.opened.states();
  assert.ok(before !== undefined && after !== undefined);
  assert.deepEqual(snapshot(after), snapshot(before));
});
