import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { agentEnvironment } from '../agent-environment.ts';
import { changesBetween, lookAt } from '../watch/folder-changes.ts';
import { checkFolders } from './check-folders.ts';
import { quoted } from './quote.ts';
import { type Machine, MACHINE_CALLS, seccompFilter } from './seccomp.ts';

const ALLOWED = 0x7f_ff_00_00;
const refusedWith = (error: number): number => 0x00_05_00_00 + error;

type Call = { readonly number: number; readonly arch?: number; readonly args?: readonly number[] };

/** Runs a filter as the kernel does. Source: Documentation/networking/filter.rst. */
function judged(machine: Machine, { number, arch, args = [] }: Call): number {
  const code = seccompFilter(machine);
  const memory = Buffer.alloc(64);
  memory.writeUInt32LE(number >>> 0, 0);
  memory.writeUInt32LE((arch ?? MACHINE_CALLS[machine].audit) >>> 0, 4);
  for (const [at, value] of args.entries()) memory.writeUInt32LE(value >>> 0, 16 + at * 8);
  let register = 0;
  for (let at = 0; at < code.length; at += 8) {
    const value = code.readUInt32LE(at + 4);
    const jump = (isTrue: boolean): void => void (at += 8 * (code[at + (isTrue ? 2 : 3)] ?? 0));
    switch (code.readUInt16LE(at)) {
      case 0x20:
        register = memory.readUInt32LE(value);
        break;
      case 0x15:
        jump(register === value);
        break;
      case 0x35:
        jump(register >= value);
        break;
      case 0x45:
        jump((register & value) !== 0);
        break;
      case 0x06:
        return value;
      default:
        assert.fail('an instruction that the filter has no need of');
    }
  }
  return assert.fail('it ran off its end');
}

test('seccomp: name spaces, mounts, keys and the typing of terminals are refused', () => {
  verifies('enforce.supervised');
  const x64 = (number: number, ...args: number[]): number => judged('x64', { number, args });
  for (const call of [165, 166, 155, 248, 249, 250, 272, 308, 321, 425]) {
    assert.equal(x64(call), refusedWith(1), `call ${call}`);
  }
  assert.equal(x64(435), refusedWith(38));
  assert.equal(x64(56, 0x10_00_00_11), refusedWith(1));
  assert.equal(x64(56, 0x01_20_00_11), ALLOWED);
  assert.deepEqual(
    [1, 2, 10, 16].map((family) => x64(41, family)),
    Array(4).fill(ALLOWED),
  );
  assert.deepEqual(
    [17, 38, 40].map((family) => x64(41, family)),
    Array(3).fill(refusedWith(97)),
  );
  assert.equal(x64(16, 0, 0x54_12), refusedWith(1));
  assert.equal(x64(16, 0, 0x54_01), ALLOWED);
  assert.deepEqual(
    [0, 1, 59, 257].map((call) => x64(call)),
    Array(4).fill(ALLOWED),
  );
});

test('seccomp: calls of another processor are not let through by their number', () => {
  verifies('enforce.supervised');
  assert.equal(judged('x64', { number: 1, arch: 0x40_00_00_03 }), 0x80_00_00_00);
  assert.equal(judged('x64', { number: 0x40_00_00_01 }), refusedWith(1));
  assert.equal(judged('arm64', { number: 97 }), refusedWith(1));
  assert.equal(judged('arm64', { number: 220, args: [0x10_00_00_00] }), refusedWith(1));
  assert.equal(judged('arm64', { number: 64 }), ALLOWED);
});

function foldersFor(t: TestContext): { home: string; at: (name: string) => string } {
  const root = mkdtempSync(join(tmpdir(), 'plumb-folders-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const home = join(root, 'home');
  for (const name of ['work/inner', '.ssh', '.config/plumbline', 'data/deep']) {
    mkdirSync(join(home, name), { recursive: true });
  }
  symlinkSync(join(home, '.ssh'), join(home, 'work', 'link'));
  return { home, at: (name) => join(home, name) };
}

test('folders: none that holds credentials or the daemon, links followed', (t) => {
  verifies('enforce.supervised');
  const { home, at } = foldersFor(t);
  const check = (work: string, read: string[] = []): string => {
    const checked = checkFolders(
      { work, read, write: [], home: null },
      { home, ours: [at('data')] },
    );
    return checked.ok ? 'ok' : checked.message.replace(/^`[^`]*` /, '').replace(/ \(.*/, '');
  };
  assert.equal(check(at('work')), 'ok');
  assert.equal(check(at('work/inner'), ['/usr/share']), 'ok');
  assert.equal(check('/'), 'is everything: name a folder in it');
  assert.equal(check(home), 'holds your home: name a folder in it');
  assert.equal(check(join(home, '..')), 'holds your home: name a folder in it');
  assert.equal(check(at('.config')), 'holds credentials, or lies among them');
  assert.equal(check(at('work/link')), 'holds credentials, or lies among them');
  assert.equal(check(at('work'), [at('.ssh')]), 'holds credentials, or lies among them');
  assert.equal(check(at('data/deep')), "holds the daemon's own, or lies in it");
  assert.equal(check('/usr/share'), 'belongs to the system');
  assert.equal(check('/proc'), 'is no folder of files');
  assert.equal(check(at('nowhere')), 'is not there');
});

test('environment: what is listed and what is named, and nothing else', () => {
  verifies('enforce.supervised');
  const around = {
    PATH: '/bin',
    LC_ALL: 'C',
    AWS_SECRET_ACCESS_KEY: 'x',
    SSH_AUTH_SOCK: 'y',
    KEY: 'z',
  };
  assert.deepEqual(agentEnvironment(around, ['KEY']), {
    ok: true,
    value: { HOME: '/home/agent', PATH: '/bin', LC_ALL: 'C', KEY: 'z' },
  });
  assert.deepEqual(agentEnvironment(around, ['NONE']), { ok: false, missing: 'NONE' });
});

test('quoting: a name of a folder cannot end its word', () => {
  assert.equal(quoted("a'; rm -rf /; 'b"), String.raw`'a'\''; rm -rf /; '\''b'`);
});

test('folder changes: what was made, changed and removed', async (t) => {
  verifies('enforce.supervised');
  const { at } = foldersFor(t);
  const before = await lookAt(at('work'));
  mkdirSync(join(at('work'), 'fresh'));
  symlinkSync('/nowhere', join(at('work'), 'fresh', 'file'));
  rmSync(join(at('work'), 'link'));
  assert.deepEqual(changesBetween(before, await lookAt(at('work')), 10), [
    { path: 'fresh/file', change: 'made' },
    { path: 'link', change: 'removed' },
  ]);
});
