import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';

import { fixtures, plumbWith } from '../run-plumb.test.ts';

const runs = join(fixtures, 'agentdojo.jsonl');

test('replay --through-daemon: the daemon answers as the kernel does', async (t) => {
  verifies('evidence.recompute');
  const folder = mkdtempSync(join(tmpdir(), 'plumb-replay-'));
  const place = join(folder, 'd');
  const environment = {
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    PLUMBLINE_LISTEN_HTTP: 'none',
    PLUMBLINE_DISK_WARN_BYTES: '0',
    PLUMBLINE_DISK_REFUSE_BYTES: '0',
  };
  t.after(async () => {
    await plumbWith(environment, 'down', '--data', place);
    rmSync(folder, { recursive: true, force: true });
  });
  const replayed = ['replay', runs, '--pacts', join(fixtures, 'pacts'), '--through-daemon'];
  const said = await plumbWith(environment, ...replayed, '--data', place, '--json');
  assert.equal(said.exit, 0, said.err);
  // The answer with --json is one object.
  const { calls, differing, verdicts } = JSON.parse(said.out) as {
    readonly calls: number;
    readonly differing: number;
    readonly verdicts: Readonly<Record<string, number>>;
  };
  assert.ok(calls >= 2);
  assert.equal(differing, 0);
  assert.ok((verdicts['deny'] ?? 0) > 0 && (verdicts['allow'] ?? 0) > 0);
  await plumbWith(environment, 'down', '--data', place);
  const verified = await plumbWith(environment, 'verify', place, '--json');
  assert.equal(verified.exit, 3, verified.err);
  assert.match(verified.out, /SIGNED, UNANCHORED/);
  assert.doesNotMatch(verified.out, /"mismatch":[1-9]/);
});
