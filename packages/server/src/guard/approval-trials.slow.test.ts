import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { runApprovalTrials } from '../../testing/approval-trials.ts';

test('approvals: through crashes and races nothing is executed twice or once denied', async (t) => {
  verifies('human.approvals');
  verifies('evidence.before-effect');
  const seed = Date.now() % 2 ** 31;
  t.diagnostic(`seed ${seed}`);
  const counts = await runApprovalTrials({ trials: 75, seed });
  assert.equal(counts.trials, 75);
  assert.ok(counts.spent > 0);
  assert.ok(counts.denied > 0);
});
