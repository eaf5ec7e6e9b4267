import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import {
  publishing,
  rolling,
  rotating,
  stepsOf,
  troubles,
  walk,
} from '../../testing/crash-scripts.ts';

test('crash: power lost while publishing needs no repair, loses and forks nothing', async () => {
  verifies('evidence.tlog', 'evidence.before-effect');
  const steps = await stepsOf(publishing);
  assert.ok(steps > 50, `${steps} steps`);
  for (let step = 0; step <= steps; step += 3) {
    await walk(publishing, step, (machine) => machine.cutPowerAfter(step));
  }
});

test('crash: power lost during a rotation or a roll-over needs no repair either', async () => {
  for (const script of [rotating, rolling]) {
    const steps = await stepsOf(script);
    for (let step = 0; step <= steps; step += 3) {
      await walk(script, step, (machine) => machine.cutPowerAfter(step));
    }
  }
});

test('crash: an operation that fails stops the log, and starting again goes on', async () => {
  for (const trouble of troubles) {
    await walk(publishing, 9, (machine) => machine.fail({ ...trouble, after: 3 }));
  }
});
