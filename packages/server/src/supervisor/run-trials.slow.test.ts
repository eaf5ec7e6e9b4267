import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { runTrials } from '../../testing/run-trials.ts';
import { machineFor } from '../../testing/sandbox-scene.ts';

test('sandbox: a halt is effective once nothing of an agent is left', async (t) => {
  verifies('human.halt-infrastructure', 'enforce.supervised');
  if (machineFor(t) === null) return;
  const report = await runTrials(3);
  assert.equal(report.trials, 3);
  assert.equal(report.connections, 3);
  assert.ok(report.processes >= 6, `${report.processes} processes`);
  assert.equal(report.letThrough, 0);
  assert.equal(report.leftAtEffective, 0);
});
