import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '../verifies.ts';
import { run } from './run.ts';

const seed = 20_261_121;

test('differential: kernel and reference decide alike, over every pair of stages', () => {
  verifies('pact.default-deny', 'enforce.fail-closed', 'evidence.recompute');
  const ran = run({ seed, decisions: 40_000, isCounting: true });
  assert.equal(ran.failure, null, `seed ${seed}: ${ran.failure?.what}\n${ran.failure?.story}`);
  assert.deepEqual(ran.uncovered, [], `seed ${seed}: stages that never fired together`);
  const kinds = ['allow', 'defer', 'deny', 'modify', 'step_up'];
  assert.deepEqual([...ran.verdicts.keys()].sort(), kinds);
});
