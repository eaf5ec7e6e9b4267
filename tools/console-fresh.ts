import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';

import { isConsoleStale } from './console-stale.ts';

// Builds the console where it is not built from the sources there are.
const root = dirname(import.meta.dirname);
if (isConsoleStale(root)) {
  const job = ['--conditions=plumbline-source', join(root, 'tools/job.ts'), 'console'];
  const { status } = spawnSync(process.execPath, job, { cwd: root, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
