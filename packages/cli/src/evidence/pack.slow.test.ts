import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';

import { RecordedLog } from '@plumbline/server/testing/recorded-log';
import { verifies } from '@plumbline/testkit';

import { plumbWith } from '../run-plumb.test.ts';

const TOOLS = ['bash', 'sha256sum', 'openssl', 'python3', 'base64'];

/** Without the tools the test is skipped, and counted; in CI that is a failure. */
function hasTools(t: TestContext): boolean {
  const missing = TOOLS.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
  if (missing.length === 0) return true;
  const why = `VERIFY.md WAS NOT TRIED: there is no ${missing.join(', ')}`;
  if (process.env['CI'] === 'true') assert.fail(why);
  t.skip(why);
  return false;
}

/** The commands of VERIFY.md: what is indented and no key. */
function commandsOf(guide: string): string {
  const lines = guide.split('\n').filter((line) => line.startsWith('    '));
  return lines
    .map((line) => line.slice(4))
    .filter((line) => !line.startsWith('log.example'))
    .join('\n');
}

type Ran = { readonly status: number | null; readonly said: string };

function runGuide(folder: string): Ran {
  const commands = commandsOf(readFileSync(join(folder, 'VERIFY.md'), 'utf8'));
  const argv = ['-e', '-o', 'pipefail', '-c', commands];
  const { status, stdout, stderr } = spawnSync('bash', argv, { cwd: folder, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

describe('VERIFY.md', () => {
  test('its commands accept the pack, and refuse it after one changed byte', async (t) => {
    verifies('evidence.pack');
    if (!hasTools(t)) return;
    const root = mkdtempSync(join(tmpdir(), 'plumbline-guide-'));
    t.after(() => rmSync(root, { recursive: true, force: true }));
    const log = new RecordedLog(join(root, 'record')).begin();
    await log.story('ada');
    await log.story('bo');
    const written = await log.write();
    const rootKey = join(root, 'root.key');
    writeFileSync(rootKey, `${Buffer.from(log.rootKey).toString('hex')}\n`, { mode: 0o600 });
    const folder = join(root, 'pack');
    const made = await plumbWith(
      { HOME: root },
      'pack',
      written,
      '-o',
      folder,
      '--root-key',
      rootKey,
    );
    assert.equal(made.exit, 0, made.err);
    const good = runGuide(folder);
    assert.equal(good.status, 0, good.said);
    assert.match(good.said, /Signature Verified Successfully/);
    assert.match(good.said, /22 payloads are those committed to/);
    for (const path of [
      'checkpoint',
      'entries/000000000006.json',
      'entries/000000000006.opening',
    ]) {
      const bytes = readFileSync(join(folder, path));
      const changed = Uint8Array.from(bytes);
      // The second half of an opening is the key of the commitment, which Python can check.
      const place = path.endsWith('.opening') ? 100 : 20;
      changed[place] = (changed[place] ?? 0) ^ 1;
      writeFileSync(join(folder, path), changed);
      assert.notEqual(runGuide(folder).status, 0, path);
      const script = spawnSync('python3', ['verify.py'], { cwd: folder });
      assert.notEqual(script.status, 0, `verify.py: ${path}`);
      writeFileSync(join(folder, path), bytes);
    }
  });
});
