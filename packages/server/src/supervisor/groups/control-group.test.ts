import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { verifies } from '@plumbline/testkit';

import { ROOMY } from '../../../testing/sandbox-scene.ts';
import { makeControlGroup } from './control-group.ts';
import { readHierarchies } from './group-files.ts';
import { hierarchiesIn } from './hierarchies.ts';
import { makeRoom } from './make-room.ts';

const MOUNTS = [
  '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw',
  '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
  '35 31 0:32 /docker/1 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
  '40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd',
  '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
].join('\n');

test('control groups: every tree is found, with where this program stands in it', () => {
  verifies('enforce.supervised');
  const own = '4:memory:/docker/1/app\n2:cpu,cpuacct:/\n0::/user.slice/x.scope\n';
  assert.deepEqual(hierarchiesIn(MOUNTS, own), [
    { version: 1, controllers: ['cpuacct'], folder: '/sys/fs/cgroup/cpu,cpuacct' },
    { version: 1, controllers: ['memory'], folder: '/sys/fs/cgroup/memory/app' },
    { version: 2, controllers: [], folder: '/sys/fs/cgroup/unified/user.slice/x.scope' },
  ]);
  // What lies outside of what is mounted is nowhere.
  assert.deepEqual(hierarchiesIn(MOUNTS, '4:memory:/elsewhere\n'), []);
  assert.deepEqual(hierarchiesIn('', ''), []);
});

function fakeTree(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-group-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test('control groups: whoever is alone in one makes room, and whoever is not does not', (t) => {
  verifies('enforce.supervised');
  const files = { 'cgroup.controllers': 'cpu memory pids io\n', 'cgroup.subtree_control': '' };
  const free = fakeTree(t, files);
  makeRoom(free);
  const wanted = '+memory +pids +cpu';
  assert.equal(readFileSync(join(free, 'cgroup.subtree_control'), 'utf8'), wanted);
  const shared = fakeTree(t, { 'cgroup.controllers': 'memory\n', 'cgroup.procs': '1\n' });
  makeRoom(shared);
  assert.deepEqual(readdirSync(shared).toSorted(), ['cgroup.controllers', 'cgroup.procs']);
  const alone = fakeTree(t, {
    'cgroup.controllers': 'memory\n',
    'cgroup.procs': `${process.pid}\n`,
  });
  makeRoom(alone);
  assert.ok(existsSync(join(alone, 'plumb-self')));
});

test('control groups: where none may be made there is none', (t) => {
  verifies('enforce.supervised');
  assert.equal(makeControlGroup([], ROOMY), null);
  const folder = join(fakeTree(t, {}), 'gone');
  assert.equal(makeControlGroup([{ version: 2, controllers: [], folder }], ROOMY), null);
});

test('control groups: what is left behind by an earlier program is cleared away', (t) => {
  verifies('enforce.supervised');
  const folder = fakeTree(t, {});
  mkdirSync(join(folder, 'plumb-run-4194305-1'));
  mkdirSync(join(folder, 'plumb-run-1-1'));
  const group = makeControlGroup([{ version: 2, controllers: [], folder }], ROOMY);
  const kept = readdirSync(folder).filter((name) => !name.startsWith(`plumb-run-${process.pid}`));
  assert.deepEqual(kept, ['plumb-run-1-1']);
  group?.remove();
});

test('control groups: a tree ends at once, also what left its parent', async (t) => {
  verifies('enforce.supervised', 'human.halt-infrastructure');
  const group = makeControlGroup(readHierarchies(), ROOMY);
  if (group?.ends == null) {
    group?.remove();
    const why = 'this user can make no control groups here';
    if (process.env['CI'] !== undefined) throw new Error(why);
    t.skip(`${why}: NOT TESTED`);
    return;
  }
  const folder = fakeTree(t, {});
  const hides = `setsid sh -c "echo \\$\\$ > ${folder}/pid; sleep 100; :"`;
  const script = `read -r _; (trap "" TERM; ${hides} &); sleep 100; :`;
  const child = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'] });
  t.after(() => child.kill('SIGKILL'));
  assert.equal(group.join(child.pid ?? 0), true);
  child.stdin.end('go\n');
  const pidOf = (): number => {
    const file = join(folder, 'pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  };
  while (pidOf() === 0) await pause(5);
  const hidden = pidOf();
  assert.equal(isRunning(hidden), true);
  assert.equal(group.use().reached, null);
  await group.kill();
  assert.equal(isRunning(hidden), false);
  assert.equal(isRunning(child.pid ?? 0), false);
  group.remove();
});

/** What has ended and is not buried yet does nothing any more. */
function isRunning(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
}
