import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { plumb } from '../run-plumb.test.ts';

// Nothing listens there: what is wrong with a proof is said before anybody is asked.
const AWAY = ['--url', 'http://127.0.0.1:9', '--key-file'] as const;
const START = ['break-glass', 'start', '--role', 'operator', '--reason', 'down'] as const;

test('proof: what is no code or no answer is said before the daemon is asked', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [key, answer] = [join(folder, 'key'), join(folder, 'answer')];
  writeFileSync(key, `plk_${'0'.repeat(16)}_${'0'.repeat(64)}`);
  writeFileSync(answer, 'waiting for your authenticator');
  const start = (...proof: readonly string[]) => plumb(...START, ...AWAY, key, ...proof);
  const short = await start('--code', '12345');
  assert.equal(short.exit, 2);
  assert.match(short.err, /`12345` is no code: it has six digits/);
  assert.match((await start('--answer', answer)).err, /holds no answer: copy the whole line/);
  const both = await start('--code', '123456', '--answer', answer);
  assert.match(both.err, /give `--code` or `--answer`, not both/);
  assert.match((await start('--minutes', 'ten')).err, /not minutes: `ten`/);
});
