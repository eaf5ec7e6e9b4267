import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { inFolder } from '../../testing/folder.ts';
import { livePowerCuts, noCounts } from '../../testing/power-cuts.ts';
import { openVault } from '../store/embedded/vault.ts';

const ROUNDS = 500;
const LIVES = 6;

test('power cuts: hundreds of crashes of the whole program lose nothing', async (t) => {
  verifies('evidence.before-effect', 'enforce.fail-closed', 'pact.limits');
  const first = randomInt(2 ** 30);
  t.diagnostic(`seed ${first}`);
  const counts = noCounts();
  for (let seed = first; counts.lives < ROUNDS; seed += 1) {
    await livePowerCuts(seed, { lives: LIVES, counts });
  }
  t.diagnostic(JSON.stringify({ ...counts, ends: [...counts.ends], codes: [...counts.codes] }));
  assert.ok(counts.acknowledged > 10 * ROUNDS && counts.snapshotStarts > ROUNDS / 10);
  assert.equal(counts.recomputed + counts.erased, counts.decisions);
});

test('power cuts: with the embedded vault, crashes lose nothing', async (t) => {
  verifies('evidence.before-effect');
  const first = randomInt(2 ** 30);
  t.diagnostic(`seed ${first}`);
  const counts = noCounts();
  const rootKey = new Uint8Array(32).fill(7);
  for (let seed = first; seed < first + 4; seed += 1) {
    await inFolder(async (folder) => {
      const vault = openVault({ file: join(folder, 'vault.db'), rootKey });
      await livePowerCuts(seed, { lives: LIVES, counts, vault });
      await vault.close();
    });
  }
  assert.ok(counts.acknowledged > 100);
});
