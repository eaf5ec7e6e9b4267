import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

import type { Attempt } from './executor.ts';

/** Gives commands to `nft` in a network name space; null: the one this program is in. */
export type RunNft = (commands: string, namespace: string | null) => Promise<Attempt>;

const GROUPS = '/sys/fs/cgroup';

/** Where the tree of control groups begins for `nft`, and whether a group of it is there. */
export type CutGroups = { readonly tree: string; readonly has: (path: string) => boolean };

/** Returns where this machine shows its control groups of the second version. */
export function groupsOfMachine(): CutGroups {
  // `nft` counts from there, whatever is mounted below it.
  const isBeside = existsSync(join(GROUPS, 'unified', 'cgroup.controllers'));
  const tree = isBeside ? 'unified/' : '';
  return { tree, has: (path) => existsSync(join(GROUPS, tree, path)) };
}

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const BOUNDS = { timeout: 10_000, maxBuffer: 65_536, killSignal: 'SIGKILL' } as const;
const MISSING = 'it takes `nft` of nftables and `nsenter` of util-linux on this machine';

/** Runs `nft` of this machine; `words` stand before it, such as those that lead elsewhere. */
export function runNft(words: readonly string[] = []): RunNft {
  return (commands, namespace) => {
    const all: readonly string[] = [...words, ...insideOf(namespace), 'nft', '-f', '-'];
    const [program = 'nft', ...args] = all;
    return new Promise((resolve) => {
      const child = execFile(program, args, { ...BOUNDS, env: { PATH } }, (error, _said, said) => {
        if (error === null) return resolve({ state: 'done' });
        const isMissing = error.code === 'ENOENT';
        resolve({ state: 'failed', why: isMissing ? MISSING : whyOf(said) });
      });
      // One that has ended before it read everything says why by its end.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(commands);
    });
  };
}

function insideOf(namespace: string | null): readonly string[] {
  return namespace === null ? [] : ['nsenter', `--net=${fileOf(namespace)}`, '--'];
}

/** Returns whether a network name space is there. */
export function hasSpace(namespace: string): boolean {
  return existsSync(fileOf(namespace));
}

function fileOf(namespace: string): string {
  return isAbsolute(namespace) ? namespace : `/run/netns/${namespace}`;
}

/** What stands first says it; the commands that follow hold names of the settings alone. */
function whyOf(said: string): string {
  const line = said.split('\n').find((each) => each.trim() !== '') ?? 'it said nothing';
  return `\`nft\` refused it: ${line.trim().slice(0, 200)}`;
}
