import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { liveCrashHistory } from '../../../testing/crash-history.ts';

const WANTED_CUTS = 2000;

test('write-ahead log: 2,000 power cuts lose, move or change nothing acknowledged', async (t) => {
  const base = randomInt(2 ** 30);
  const sum = { powerCuts: 0, kills: 0, acknowledged: 0, segments: 0 };
  for (let seed = base; sum.powerCuts < WANTED_CUTS; seed += 1) {
    const counts = await liveCrashHistory(seed, 8).catch((error: unknown) => {
      throw new Error(`seed ${seed}`, { cause: error });
    });
    sum.powerCuts += counts.powerCuts;
    sum.kills += counts.kills;
    sum.acknowledged += counts.acknowledged;
    sum.segments += counts.segments;
  }
  t.diagnostic(`seeds from ${base} on: ${JSON.stringify(sum)}`);
  assert.ok(sum.segments > sum.powerCuts / 8, 'the histories spread over several segments');
});
