import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { livePowerCuts, noCounts } from '../../testing/power-cuts.ts';

test('power cuts: what callers were told of the whole program outlives its crashes', async () => {
  verifies('evidence.before-effect', 'enforce.fail-closed', 'pact.limits');
  const counts = noCounts();
  for (const seed of [1, 2, 3]) await livePowerCuts(seed, { lives: 5, counts });
  const { acknowledged, decisions, recomputed, erased, snapshotStarts } = counts;
  assert.ok(acknowledged > 200 && snapshotStarts > 0);
  assert.equal(recomputed + erased, decisions);
});

test('power cuts: a seed does the same again', async () => {
  const digests: string[] = [];
  for (let time = 0; time < 2; time += 1) {
    digests.push(await livePowerCuts(5, { lives: 3, counts: noCounts() }));
  }
  assert.equal(digests[0], digests[1]);
});
