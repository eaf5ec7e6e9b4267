import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';

// What the built console is made from.
const SOURCES = [
  'packages/console/{src,public,build}/**/*',
  'packages/console/{index.html,vite.config.ts,package.json}',
  'packages/{core,ledger}/src/**/*.ts',
  'spec/api/openapi.json',
];
const PAGE = 'packages/console/dist/index.html';

/** Returns whether the console is not built, or was built from other sources than there are. */
export function isConsoleStale(root: string): boolean {
  const builtMs = changedMs(join(root, PAGE));
  if (builtMs === null) return true;
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: root }));
  return files.some((file) => (changedMs(join(root, file)) ?? 0) > builtMs);
}

function changedMs(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
