import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { plumb } from '../run-plumb.test.ts';

test('run: what is named wrongly is said before anything is started', async (t) => {
  verifies('enforce.supervised');
  const folder = mkdtempSync(join(tmpdir(), 'plumb-run-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const work = join(folder, 'work');
  mkdirSync(work);
  const user = process.getuid?.() === 0 ? ['--user', 'nobody'] : [];
  const run = async (...args: string[]): Promise<string> => {
    const given = ['--agent', 'a', '--data', join(folder, 'data'), '--folder', work];
    const { exit, err } = await plumb('run', '--weaker', ...given, ...user, ...args, '--', 'true');
    assert.equal(exit, 2, err);
    return err.trim();
  };
  assert.match(await run('--folder', '/'), /`\/` is everything: name a folder in it$/);
  assert.match(await run('--read', '/nowhere'), /`\/nowhere` is not there$/);
  assert.match(await run('--allow-host', 'a b'), /--allow-host: `a b` is no `host:port`/);
  assert.match(await run('--allow-network', 'x'), /--allow-network: `x` is no network$/);
  assert.match(await run('--env', 'NOT_SET_ANYWHERE'), /--env: `NOT_SET_ANYWHERE` is not set$/);
  assert.match(await run('--memory', 'much'), /it must be a number/);
  const { exit, err } = await plumb('run', '--', 'true');
  assert.equal(exit, 2);
  assert.match(err, /name the agent with --agent or in PLUMBLINE_AGENT/);
});
