import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { RewireRefused } from './governed-files.ts';
import { HOOK_CLIENTS } from './hook-clients.ts';
import { withHooks } from './hook-edits.ts';
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

test('hook records: hooks that somebody else took out or switched off are found', (t) => {
  verifies('fleet.bypass');
  const folder = mkdtempSync(join(tmpdir(), 'plumb-hooked-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'settings.json');
  const records = new HookRecords(folder);
  const [client] = HOOK_CLIENTS;
  assert(client !== undefined);
  const who = { agent: 'coder', principal: 'a', task: null, prefix: null, gateways: [] };
  const attested = { ...who, waitSeconds: 1 };
  const text = withHooks('', client, { script: '/x/plumb-hook', attested });
  records.install(path, null, text);
  assert.deepEqual(records.unhooked(), []);
  const found = [{ path, client: 'claude-code', agent: 'coder' }];
  writeFileSync(path, text.replace('{', '{"disableAllHooks":true,'));
  assert.deepEqual(records.unhooked(), found);
  writeFileSync(path, '{}');
  assert.deepEqual(records.unhooked(), found);
  rmSync(path);
  assert.deepEqual(records.unhooked(), found);
  records.forget(path);
  assert.deepEqual(records.unhooked(), []);
  records.install(path, null, text);
  records.remove(path, text, '');
  assert.deepEqual(records.unhooked(), []);
});
