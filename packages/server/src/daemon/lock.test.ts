import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { prepareFolder, StartRefused } from './places.ts';
import { isHeld, LockHeld, readHolder, takeLock } from './lock.ts';

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-lock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Tries the lock in a program of its own: within one, SQLite's locks are one. */
function tryElsewhere(folder: string): string {
  const source = `
    import { prepareFolder } from ${JSON.stringify(import.meta.resolve('./places.ts'))};
    import { takeLock } from ${JSON.stringify(import.meta.resolve('./lock.ts'))};
    try { takeLock(prepareFolder(${JSON.stringify(folder)})); console.log('taken'); }
    catch (cause) { console.log(cause.message); }`;
  const args = ['--conditions=plumbline-source', '--input-type=module', '--eval', source];
  return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout.trim();
}

test('lock: a second daemon is told who holds the folder, and since when', (t) => {
  const folder = join(folderFor(t), 'held');
  const places = prepareFolder(folder);
  const lock = takeLock(places);
  lock.say({ pid: 4711, since: 1_767_225_600_000, url: null, version: '0.0.0' });
  assert.match(
    tryElsewhere(folder),
    /held: is held by pid 4711 since 2026-01-01T00:00:00.000Z; one daemon/,
  );
  assert.throws(() => takeLock(places), LockHeld);
  assert.equal(isHeld(places), true);
  lock.release();
  assert.equal(isHeld(places), false);
  assert.equal(readHolder(places)?.pid, 4711);
});

test('lock: the data folder is entered by its user alone', (t) => {
  const folder = folderFor(t);
  chmodSync(folder, 0o755);
  takeLock(prepareFolder(folder)).release();
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(statSync(join(folder, 'lock.db')).mode & 0o777, 0o600);
});

test('lock: what cannot be a data folder is refused with what to do', (t) => {
  const folder = folderFor(t);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  assert.throws(() => prepareFolder(file), /a file stands where a folder is needed|is no folder/);
  assert.throws(() => prepareFolder(join(folder, 'x'.repeat(110))), /choose a shorter `data`/);
  const blocked = join(folder, 'blocked');
  mkdirSync(join(blocked, 'lock.db'), { recursive: true });
  assert.throws(() => takeLock(prepareFolder(blocked)), StartRefused);
});
