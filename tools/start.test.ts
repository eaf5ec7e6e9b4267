import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

const lockfile = (version: string): string =>
  JSON.stringify({
    packages: {
      '': {},
      'node_modules/yaml': { version },
      'node_modules/elsewhere': { version: '1.0.0', optional: true },
    },
  });

// Stands in for npm: says what it was asked, and installs what the pre-start looks for.
const npm = `
const { mkdirSync, symlinkSync, writeFileSync, existsSync } = require('node:fs');
process.stdout.write('npm ' + process.argv[2] + '\\n');
if (process.env.NPM_FAILS) process.exit(1);
mkdirSync('node_modules/node/bin', { recursive: true });
if (!existsSync('node_modules/node/bin/node')) {
  symlinkSync(process.execPath, 'node_modules/node/bin/node');
}
writeFileSync('node_modules/.package-lock.json', ${JSON.stringify(lockfile('2.0.0'))});
`;

/** A clone without node_modules whose only job prints its arguments and exits with 3. */
function makeClone(): string {
  const root = mkdtempSync(join(tmpdir(), 'plumbline-start-'));
  roots.push(root);
  mkdirSync(join(root, 'tools'));
  copyFileSync(join(import.meta.dirname, 'start.mjs'), join(root, 'tools', 'start.mjs'));
  const job = "console.log('job ' + process.argv.slice(2)); process.exitCode = 3;\n";
  writeFileSync(join(root, 'tools', 'job.ts'), job);
  writeFileSync(join(root, 'package-lock.json'), lockfile('2.0.0'));
  writeFileSync(join(root, 'npm.cjs'), npm);
  return root;
}

/** What npm tells the scripts it starts, also when another npm started these tests. */
function npmEnv(root: string): Readonly<Record<string, string>> {
  return { npm_execpath: join(root, 'npm.cjs'), npm_config_user_agent: 'npm/11.0.0' };
}

function start(root: string, env: Readonly<Record<string, string>> = {}): [number | null, string] {
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, 'tools', 'start.mjs'), 'test', 'fast'],
    { encoding: 'utf8', env: { ...process.env, ...npmEnv(root), ...env } },
  );
  return [status, stdout];
}

test('start: a fresh clone is installed, then does its job and returns its exit code', () => {
  assert.deepEqual(start(makeClone()), [3, 'npm ci\njob test,fast\n']);
});

test('start: an installed clone is not installed again', () => {
  const root = makeClone();
  start(root);
  assert.deepEqual(start(root), [3, 'job test,fast\n']);
});

test('start: an install older than the lockfile is renewed', () => {
  const root = makeClone();
  start(root);
  writeFileSync(join(root, 'node_modules', '.package-lock.json'), lockfile('1.0.0'));
  assert.deepEqual(start(root), [3, 'npm ci\njob test,fast\n']);
});

test('start: a failed install stops before the job', () => {
  assert.deepEqual(start(makeClone(), { NPM_FAILS: '1' }), [1, 'npm ci\n']);
});
