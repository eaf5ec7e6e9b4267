import assert from 'node:assert/strict';
import { test } from 'node:test';

import { runs } from '../runs.ts';
import { verifies } from '../verifies.ts';
import { run } from './run.ts';

const seed = 20_261_127;

// A first look for the everyday loop; the slow test takes more and counts the stages that met.
test('differential: kernel and reference decide alike', () => {
  verifies('pact.default-deny', 'enforce.fail-closed', 'evidence.recompute');
  const ran = run({ seed, decisions: runs(4_000), isCounting: false });
  assert.equal(ran.failure, null, `seed ${seed}: ${ran.failure?.what}\n${ran.failure?.story}`);
});
