import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { RewireRefused } from './governed-files.ts';
import { HookRecords } from './hook-records.ts';

test('hook records: a file that cannot be made is said with its place', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-hooked-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('/nowhere/x', join(folder, 'link'));
  for (const name of ['file', 'link']) {
    const path = join(folder, name, 'settings.json');
    assert.throws(
      () => new HookRecords(folder).install(path, null, '{}'),
      (cause: unknown) => {
        assert(cause instanceof RewireRefused);
        assert.match(
          cause.message,
          /settings\.json: cannot be made \(E[A-Z]+\): is its folder one/,
        );
        return true;
      },
    );
  }
});
