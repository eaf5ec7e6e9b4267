import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../../..');
let isBuilt = false;

/** Builds the console where it is not built from the sources there are, once a run of tests. */
export function buildConsole(): void {
  if (isBuilt) return;
  isBuilt = true;
  const job = ['--conditions=plumbline-source', join(root, 'tools/console-fresh.ts')];
  const { status, stderr } = spawnSync(process.execPath, job, { cwd: root, encoding: 'utf8' });
  assert.equal(status, 0, `the console could not be built: ${stderr}`);
}
