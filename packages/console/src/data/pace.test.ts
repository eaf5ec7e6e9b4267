import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startPacing } from './pace.ts';

test('pace: the first wish is done at once, and those that come meanwhile are one', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let done = 0;
  const pace = startPacing(async () => void (done += 1), 1_000);
  for (let wish = 0; wish < 500; wish += 1) pace.want();
  assert.equal(done, 1);
  await Promise.resolve();
  await Promise.resolve();
  t.mock.timers.tick(1_000);
  assert.equal(done, 2);
  pace.stop();
  pace.want();
  t.mock.timers.tick(10_000);
  assert.equal(done, 2);
});

test('pace: work that fails does not end the pacing', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let tried = 0;
  const pace = startPacing(() => Promise.reject(new Error(String((tried += 1)))), 1_000);
  pace.want();
  pace.want();
  await Promise.resolve();
  await Promise.resolve();
  t.mock.timers.tick(1_000);
  assert.equal(tried, 2);
  pace.stop();
});
