import assert from 'node:assert/strict';
import { test } from 'node:test';

import { plumb } from '../run-plumb.test.ts';

test('usage: an unknown command or option is exit 2 and says what to do', async () => {
  const typo = await plumb('repaly');
  assert.equal(typo.exit, 2);
  assert.match(typo.err, /unknown command 'repaly'\n\(Did you mean replay\?\)/);
  assert.equal((await plumb('replay')).exit, 2);
  assert.equal((await plumb('replay', 'x', '--pacts', 'y', '--colour')).exit, 2);
  const help = await plumb('--help');
  assert.equal(help.exit, 0);
  assert.match(help.out, /\n {2}4 {2}decide: a person has to approve first\n/);
});

test('version: names plumb, kernel and Node', async () => {
  const { out } = await plumb('version');
  assert.match(out, /^plumb \d+\.\d+\.\d+ \(kernel \d+\.\d+\.\d+, Node 24\.\d+\.\d+\)\n$/);
});
