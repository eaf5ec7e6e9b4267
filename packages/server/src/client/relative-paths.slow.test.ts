import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const CLI = join(import.meta.dirname, '../../../cli/src/main.ts');

test('a daemon that goes on by itself takes relative paths as its starter does', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-relative-'));
  const plumb = async (...words: readonly string[]): Promise<string> => {
    const args = ['--conditions=plumbline-source', CLI, ...words];
    const { PATH = '' } = process.env;
    const env = { PATH, HOME: folder, PLUMBLINE_DISK_REFUSE_BYTES: '0' };
    return (await promisify(execFile)(process.execPath, args, { cwd: folder, env })).stdout;
  };
  t.after(async () => {
    await plumb('down', '--data', 'own-data').catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  });
  writeFileSync(join(folder, 'own.json'), JSON.stringify({ listen: { http: 'none' } }));
  const up = await plumb('up', '--detach', '--config', 'own.json', '--data', 'own-data', '--json');
  const socket = /"socket":\s*"([^"]+)"/.exec(up)?.[1] ?? '';
  assert.match(socket, /\/plumb-relative-[^/]+\/own-data\/daemon\.sock$/);
  assert.ok(existsSync(join(folder, 'own-data', 'daemon.sock')));
  await plumb('agent', 'list', '--data', 'own-data');
});
