import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { type DaemonHome, makeHome } from './daemon-program.ts';

/** A file system of its own in a folder, which can be filled and made read-only. */
export type SmallDisk = {
  readonly fill: () => void;
  readonly free: () => void;
  readonly remount: (mode: 'ro' | 'rw') => void;
};

/**
 * Returns a home whose data directory is a small file system of its own, in memory; both go with
 * the test. Only root may mount one: without, the test is skipped and says so, and fails where it
 * runs for everybody.
 */
export function makeSmallHome(
  t: TestContext,
): { readonly home: DaemonHome; readonly disk: SmallDisk } | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    if (process.env['CI'] !== undefined) throw new Error('this test needs root and Linux');
    t.skip('needs root and Linux: NOT TESTED');
    return null;
  }
  const home = makeHome({ 'log.segmentBytes': '1048576' });
  mkdirSync(home.data, { mode: 0o700 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m,mode=0700', 'tmpfs', home.data]);
  t.after(() => {
    execFileSync('umount', ['-l', home.data]);
    home.remove();
  });
  const filler = join(home.data, 'filler');
  return {
    home,
    disk: {
      fill: () => fill(filler),
      free: () => rmSync(filler, { force: true }),
      remount: (mode) => void execFileSync('mount', ['-o', `remount,${mode}`, home.data]),
    },
  };
}

/** Takes every page that is left. */
function fill(file: string): void {
  const fd = openSync(file, 'a');
  const page = Buffer.alloc(4_096, 1);
  try {
    for (;;) writeSync(fd, page);
  } catch (cause) {
    if (!(cause instanceof Error) || Reflect.get(cause, 'code') !== 'ENOSPC') throw cause;
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
