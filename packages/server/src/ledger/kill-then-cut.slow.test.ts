import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openTestLog, submission, testLog } from '../../testing/log-scene.ts';
import { SimulatedDisk } from '../../testing/simulated-disk.ts';
import { DiskError } from '../disk/disk.ts';
import { openLog } from './open-log.ts';
import { LedgerStopped } from './sequencer.ts';

// As many operations as two entries and their checkpoints take, and some.
const STEPS = 80;

async function untilItEnds(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof DiskError || error instanceof LedgerStopped)) throw error;
  }
}

test('log: after a kill and then a power cut it starts, whatever was seen', async () => {
  for (let steps = 0; steps < STEPS; steps += 1) {
    for (const seed of [1, 2, 3]) {
      const machine = new SimulatedDisk(seed);
      machine.killAfter(steps);
      await untilItEnds(async () => {
        const log = await openTestLog(machine.mount());
        for (const text of ['one', 'two']) {
          await log.append(submission(text)).durable;
          await log.publish();
        }
      });
      machine.kill();
      await openTestLog(machine.mount());
      machine.cutPower();
      const again = await openLog(testLog(machine.mount()));
      const why = again.ok ? '' : `${again.error.code}: ${again.error.message}`;
      assert.ok(again.ok, `killed after ${steps}, seed ${seed}: ${why}`);
      await again.value.close();
    }
  }
});
