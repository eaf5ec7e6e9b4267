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

const SEEDS = 6;

for (const [name, script] of Object.entries({ publishing, rotating, rolling })) {
  test(`crash: power lost at any operation of ${name} needs no repair`, async () => {
    verifies('evidence.tlog', 'evidence.before-effect');
    const steps = await stepsOf(script);
    for (let seed = 0; seed < SEEDS; seed += 1) {
      for (let step = 0; step <= steps; step += 1) {
        await walk(script, seed * 1_000 + step, (machine) => machine.cutPowerAfter(step));
      }
    }
  });

  test(`crash: any operation of ${name} that fails needs no repair`, async () => {
    const steps = await stepsOf(script);
    for (const trouble of troubles) {
      for (let after = 0; after <= steps / 4; after += 1) {
        await walk(script, after, (machine) => machine.fail({ ...trouble, after }));
      }
    }
  });
}
