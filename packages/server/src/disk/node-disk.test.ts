import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { testDiskContract } from '../../testing/disk-contract.ts';
import { faultOf, nodeDisk } from './node-disk.ts';

const scratch = mkdtempSync(join(tmpdir(), 'plumbline-disk-'));
let made = 0;
after(() => rmSync(scratch, { recursive: true, force: true }));

function freshFolder(): string {
  made += 1;
  return join(scratch, `disk-${made}`);
}

testDiskContract('node disk', () => nodeDisk(freshFolder()));

test('node disk: files and folders are private', async () => {
  const folder = freshFolder();
  await nodeDisk(folder).replace('a/f', Buffer.from('x'));
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(statSync(join(folder, 'a')).mode & 0o777, 0o700);
  assert.equal(statSync(join(folder, 'a/f')).mode & 0o777, 0o600);
});

test('node disk: a path cannot leave the tree', async () => {
  const disk = nodeDisk(freshFolder());
  await assert.rejects(disk.read('../x'), /leaves the disk's tree/);
  await assert.rejects(disk.open('/etc/x'), /leaves the disk's tree/);
});

test('node disk: each error of the system has its fault', () => {
  const faultOfCode = (code: string): string => faultOf(Object.assign(new Error(code), { code }));
  assert.deepEqual(['ENOSPC', 'EDQUOT'].map(faultOfCode), ['full', 'full']);
  assert.deepEqual(['EACCES', 'EPERM'].map(faultOfCode), ['no-permission', 'no-permission']);
  assert.deepEqual(['EROFS', 'EIO', 'EBADF'].map(faultOfCode), ['read-only', 'broken', 'broken']);
  assert.equal(faultOf('not an error'), 'broken');
});

test('node disk: a failure names the path, the code and what to do', async () => {
  const disk = nodeDisk(freshFolder());
  await disk.replace('a/f', Buffer.from('x'));
  await assert.rejects(disk.open('a'), {
    fault: 'broken',
    message: 'cannot open `a` (EISDIR): the disk failed: look at its health',
  });
});

test('node disk: a full device is told as full', async (t) => {
  if (process.platform !== 'linux') return t.skip('needs /dev/full');
  const file = await nodeDisk('/dev').open('full');
  await assert.rejects(file.write(0, Buffer.from('x')), { fault: 'full' });
  await file.close();
});

test('node disk: missing permission is told, and leaves nothing behind', async (t) => {
  if (process.getuid?.() === 0) return t.skip('root may write anywhere');
  const folder = freshFolder();
  const disk = nodeDisk(folder);
  await disk.replace('a/f', Buffer.from('x'));
  chmodSync(join(folder, 'a'), 0o500);
  await assert.rejects(disk.replace('a/g', Buffer.from('x')), { fault: 'no-permission' });
  assert.deepEqual(readdirSync(join(folder, 'a')), ['f']);
  chmodSync(join(folder, 'a'), 0o700);
});
