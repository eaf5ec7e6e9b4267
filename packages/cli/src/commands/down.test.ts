import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { plumbIn } from '../run-plumb.test.ts';

test('plumb: where no daemon was ever started, that is what down and status say', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-down-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const plumb = plumbIn(folder);
  const never = join(folder, 'never');
  const down = await plumb('down', '--data', never);
  assert.deepEqual([down.exit, down.err], [1, 'plumb: no daemon holds TMP/never\n']);
  const status = await plumb('status', '--data', never);
  const none = 'no daemon listens at TMP/never/daemon.sock; start one with `plumb up`';
  assert.deepEqual([status.exit, status.err], [1, `plumb: ${none}\n`]);
});

test('plumb: a key without an address is refused, and not left out', async () => {
  const deny = ['approval', 'deny', 'apr_1', '--reason', 'no', '--key-file', 'lena.key'];
  const said = await plumbIn('/nowhere')(...deny);
  const why = '--key-file: goes with --url or PLUMBLINE_URL: the socket takes no key';
  assert.deepEqual([said.exit, said.err], [2, `plumb: ${why}\n`]);
});
