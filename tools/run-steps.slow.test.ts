import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const source = JSON.stringify(join(import.meta.dirname, 'run-steps.ts'));

test('steps: a tool that is not there is named, and fails the run at its end', () => {
  const works = [
    { name: 'gone', command: ['/nowhere/oxlint'] },
    { name: 'fine', command: [process.execPath, '-e', 'console.log("all is well")'] },
  ];
  const script = `
    import { runSteps } from ${source};
    process.exitCode = await runSteps([${JSON.stringify(works)}]);
  `;
  const flags = ['--input-type=module', '-e', script];
  const { status, stdout, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8' });
  assert.equal(status, 127);
  assert.match(stdout, /cannot run \/nowhere\/oxlint: .*ENOENT; `npm ci` installs/);
  assert.match(stdout, /all is well/);
  assert.match(stderr, /✖ failed: gone\n/);
});
