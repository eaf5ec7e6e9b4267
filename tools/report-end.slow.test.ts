import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

function run(
  t: TestContext,
  body: string,
): { readonly status: number | null; readonly err: string } {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-report-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'one.test.mjs');
  writeFileSync(file, `import { test } from 'node:test';\ntest('one', () => { ${body} });\n`);
  const flags = ['--test', '--test-isolation=none'];
  for (const reporter of ['dot', join(import.meta.dirname, 'report-end.ts')]) {
    flags.push(`--test-reporter=${reporter}`, '--test-reporter-destination=stderr');
  }
  const env = { ...process.env };
  // Inside a run of tests Node would tell of this one to that.
  delete env['NODE_TEST_CONTEXT'];
  const { status, stderr } = spawnSync(process.execPath, [...flags, file], {
    env,
    encoding: 'utf8',
  });
  return { status, err: stderr };
}

test('run: a test that ends the process fails it, whatever it says', (t) => {
  const { status, err } = run(t, 'process.exit(0)');
  assert.equal(status, 1);
  assert.match(err, /the run ended before its tests did/);
});

test('run: one that passes, passes', (t) => {
  assert.equal(run(t, '').status, 0);
  assert.equal(run(t, 'throw new Error()').status, 1);
});
