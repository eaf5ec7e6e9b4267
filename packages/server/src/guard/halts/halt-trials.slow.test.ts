import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { runCutTrials } from '../../../testing/halt-cut-trials.ts';
import { whyNoNetwork } from '../../../testing/cut-network.ts';
import { runHaltTrials } from '../../../testing/halt-trials.ts';

test('halt: nothing is forwarded after it is effective, in eight processes', async () => {
  verifies('human.halt', 'human.lease');
  const report = await runHaltTrials({
    trials: 10,
    each: 4,
    load: 2,
    loadChars: 5,
    width: 2,
    hoard: 0,
  });
  assert.equal(report.trials, 10);
  assert.equal(report.busy, 10, 'every halt met calls under way');
  assert.equal(report.afterEffective, 0);
});

test('halt: behind a cut network nothing is forwarded longer than a lease lasts', async (t) => {
  verifies('human.lease');
  const why = whyNoNetwork();
  if (why !== null) {
    if (process.env['CI'] !== undefined && process.getuid?.() === 0) throw new Error(why);
    t.skip(`${why}: NOT TESTED`);
    return;
  }
  const report = await runCutTrials(3, 1_000);
  assert.ok(report.behind > 0, 'permits were used behind the cut');
  assert.equal(report.afterEffective, 0);
  assert.ok(report.lastMs.most <= report.leaseMs, `${report.lastMs.most} ms`);
});
