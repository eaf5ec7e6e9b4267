import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';

import { fixtures, plumbWith } from '../run-plumb.test.ts';

const examples = join(fixtures, '../../../examples/agentdojo');

test('replay --through-gateway: MCP clients are answered as the kernel answers', async (t) => {
  verifies('enforce.every-path', 'evidence.recompute');
  const folder = mkdtempSync(join(tmpdir(), 'plumb-replay-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const place = join(folder, 'd');
  const environment = {
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    PLUMBLINE_DISK_WARN_BYTES: '0',
    PLUMBLINE_DISK_REFUSE_BYTES: '0',
  };
  const pacts = ['--pacts', join(examples, 'pacts')];
  const replayed = ['replay', join(examples, 'runs/sample.jsonl'), ...pacts];
  const through = [...replayed, '--through-gateway', '--data', place, '--json'];
  const said = await plumbWith(environment, ...through);
  assert.equal(said.exit, 0, said.err);
  assert.deepEqual(JSON.parse(said.out), {
    runs: 97,
    calls: 370,
    differing: 0,
    differences: [],
    unmapped: 0,
    verdicts: { allow: 330, deny: 40 },
  });
  const both = await plumbWith(environment, ...through, '--through-daemon');
  assert.match(both.err, /one of --through-daemon and --through-gateway is meant/);
  const told = await plumbWith(environment, ...through, '--config', 'x.json');
  assert.match(told.err, /--through-gateway goes without --config/);
  const verified = await plumbWith(environment, 'verify', place, '--json');
  assert.equal(verified.exit, 3, verified.err);
  assert.doesNotMatch(verified.out, /"mismatch":[1-9]/);
});
