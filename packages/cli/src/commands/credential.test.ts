import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { plumbIn } from '../run-plumb.test.ts';

const asked = ['--name', 'n', '--upstream', 'https://h.example', '--agent', 'a'];

test('plumb credential: what is wrong is said before a daemon is asked', async (t) => {
  verifies('authority.credentials');
  const folder = mkdtempSync(join(tmpdir(), 'plumb-credential-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const plumb = plumbIn(folder);
  const add = (...rest: readonly string[]) => plumb('credential', 'add', ...asked, ...rest);
  const empty = join(folder, 'empty');
  writeFileSync(empty, '\n');
  const bare = await add('--access', 'read', '--secret-file', empty);
  assert.deepEqual([bare.exit, bare.err], [2, 'plumb: TMP/empty: holds no secret\n']);
  const missing = await add('--access', 'read', '--secret-file', join(folder, 'none'));
  assert.deepEqual([missing.exit, missing.err], [2, 'plumb: TMP/none: no such file\n']);
  const inject = await add('--access', 'read', '--inject', 'cookie:a', '--secret-file', empty);
  assert.equal(inject.exit, 2);
  assert.match(inject.err, /say `bearer`, `basic`, `header:<name>` or `query:<name>`/);
  const access = await add('--access', 'both', '--secret-file', empty);
  assert.match(access.err, /Allowed choices are read, write/);
  const late = await add('--access', 'read', '--expires', 'soon', '--secret-file', empty);
  assert.deepEqual([late.exit, late.err], [2, 'plumb: --expires: not a time: `soon`\n']);
});
