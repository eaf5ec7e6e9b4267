import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { runKillRounds } from '../../../testing/kill-rounds.ts';

test('wal: killed at any moment, it has every acknowledged entry at the next start', async (t) => {
  const seed = randomInt(2 ** 30);
  const counts = await runKillRounds({ rounds: 1000, forMs: 45_000, seed, clock: Date.now });
  t.diagnostic(`seed ${seed}: ${JSON.stringify(counts)}`);
  assert.ok(counts.rounds > 20 && counts.acknowledged > 1000);
});
