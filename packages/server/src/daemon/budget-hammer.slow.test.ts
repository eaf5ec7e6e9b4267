import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';

import { hammerBudget } from '../../testing/budget-hammer.ts';

test('daemon: 100 sessions overshoot neither budget nor rate when it is killed', async (t) => {
  verifies('pact.limits', 'authority.credentials');
  const seed = Date.now() % 2 ** 31;
  const options = { tills: 1, sessions: 100, crashesEach: 3, budgetCents: 40_000 };
  const seen = await hammerBudget({ ...options, seed });
  t.diagnostic(JSON.stringify({ seed, ...seen }));
  assert.ok(seen.crashes >= 3);
  assert.ok(seen.broke > 0, 'nobody met the budget');
  assert.ok(seen.forwarded > 0);
});
