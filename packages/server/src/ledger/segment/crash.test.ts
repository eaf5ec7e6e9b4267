import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveCrashHistory } from '../../../testing/crash-history.ts';

const SEED = 20_260;
const HISTORIES = 16;

test('write-ahead log: no crash loses, moves or changes what was acknowledged', async (t) => {
  t.diagnostic(`seeds from ${SEED} on`);
  let powerCuts = 0;
  for (let at = 0; at < HISTORIES; at += 1) {
    powerCuts += (await liveCrashHistory(SEED + at, 8)).powerCuts;
  }
  assert.ok(powerCuts > 50, `${powerCuts} power cuts`);
});
