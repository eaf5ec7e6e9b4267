import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '../verifies.ts';
import { huntMutants } from './run-mutants.ts';

test('mutants: every seeded fault of the kernel is caught', { timeout: 900_000 }, async () => {
  verifies('enforce.fail-closed');
  const fates = await huntMutants({ seed: 1, decisions: 30_000, lanes: 2 });
  const survivors = fates.filter(({ isCaught }) => !isCaught);
  assert.deepEqual(
    survivors.map(({ mutant }) => `${mutant.file}: ${mutant.says}`),
    [],
  );
  assert.ok(fates.length >= 40, `only ${fates.length} mutants`);
});
