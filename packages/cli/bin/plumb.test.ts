import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const launcher = join(import.meta.dirname, 'plumb.mjs');

/** Starts the launcher in a Node that claims to be `version`. */
function launchOn(version: string): { status: number | null; stdout: string; stderr: string } {
  const claim = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
  const preload = `data:text/javascript,${encodeURIComponent(claim)}`;
  const args = ['--import', preload, launcher, '--version'];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

test('plumb: an older Node is told in one line what is needed and how to get it', () => {
  const { status, stdout, stderr } = launchOn('18.20.4');
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.equal(
    stderr,
    'plumb needs Node 24 or newer and was started by Node 18.20.4: install it from ' +
      `https://nodejs.org or run \`npx -y node@24 ${launcher}\`\n`,
  );
});
