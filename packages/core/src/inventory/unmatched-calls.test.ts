import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';

import { type ListedDecision, type MadeCall, unmatchedCalls } from './unmatched-calls.ts';

const made = (at: number, isError = false): MadeCall => ({ at, tools: ['claude.Bash'], isError });
const decided = (at: number, verdict = 'allow'): ListedDecision => ({
  at,
  tool: 'claude.Bash',
  verdict,
});
const left = (calls: readonly MadeCall[], decisions: readonly ListedDecision[]) =>
  unmatchedCalls(calls, decisions).map(({ at }) => at);

test('bypass: a call is found that no decision of its tool stands behind', () => {
  verifies('fleet.bypass');
  assert.deepEqual(left([made(1_000)], []), [1_000]);
  assert.deepEqual(left([made(1_000)], [decided(1_200)]), []);
  assert.deepEqual(left([made(1_000)], [{ ...decided(1_200), tool: 'claude.Read' }]), [1_000]);
  assert.deepEqual(left([made(1_000)], [decided(2_000_000)]), [1_000]);
});

test('bypass: one decision stands behind one call, however often the tool was called', () => {
  const decisions = [decided(1_100), decided(3_100)];
  assert.deepEqual(left([made(1_000), made(2_000), made(3_000)], decisions), [3_000]);
  assert.deepEqual(left([made(1_000), made(3_000)], decisions), []);
});

test('bypass: what went well had leave; what failed may have been refused', () => {
  assert.deepEqual(left([made(1_000)], [decided(1_100, 'deny')]), [1_000]);
  assert.deepEqual(left([made(1_000, true)], [decided(1_100, 'deny')]), []);
  assert.deepEqual(left([made(1_000)], [decided(1_100, 'step_up')]), [1_000]);
});

test('bypass: as many calls are left as decisions are missing, in any order', () => {
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 1_000_000 }), { maxLength: 30 });
  fc.assert(
    fc.property(times, fc.nat(), (at, some) => {
      const lost = at.length === 0 ? 0 : some % (at.length + 1);
      const kept = at.slice(lost).map((each) => decided(each + 5));
      const found = left(
        at.map((each) => made(each)),
        kept,
      );
      assert.equal(found.length, lost);
    }),
    { numRuns: 100 },
  );
});
