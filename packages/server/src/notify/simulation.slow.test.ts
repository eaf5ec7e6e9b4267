import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { inFolder } from '../../testing/folder.ts';
import { simulate } from '../../testing/notify-simulation/simulate.ts';

const SCHEDULES = 24;

test('simulation: whatever fails, nothing is lost, repeated or told out of order', async (t) => {
  verifies('incident.notify');
  const seed = Date.now() % 2 ** 31;
  t.diagnostic(`seeds ${seed} to ${seed + SCHEDULES - 1}`);
  for (let at = 0; at < SCHEDULES; at += 1) {
    await inFolder(async (folder) => {
      const { faults, told } = await simulate(seed + at, folder);
      assert.deepEqual(faults, [], `seed ${seed + at}`);
      assert.ok(told > 20, `seed ${seed + at}: ${told} messages were told`);
    });
  }
});
