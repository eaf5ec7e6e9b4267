import { spawnSync } from 'node:child_process';

import { SYSTEM_PATH } from './launcher.ts';
import { MACHINE_CALLS, type Machine } from './seccomp.ts';

/** What a sandbox is made with. Source: util-linux 2.38 or later, and perl-base. */
const PROGRAMS = ['sh', 'unshare', 'mount', 'umount', 'pivot_root', 'setpriv', 'prlimit', 'perl'];
const HINT = 'they are in util-linux 2.38 and perl-base, which every Debian 12 has';

/** Returns the processor as the sandbox knows it, or why there can be no sandbox here. */
export function sandboxMachine(): { readonly machine: Machine } | { readonly why: string } {
  if (process.platform !== 'linux') {
    return { why: `${process.platform} has no name spaces: supervised agents run on Linux alone` };
  }
  const machine = Object.keys(MACHINE_CALLS).find((name) => name === process.arch);
  if (machine !== 'x64' && machine !== 'arm64') {
    return { why: `the system calls of ${process.arch} are not known: x64 and arm64 are` };
  }
  const missing = missingOf(PROGRAMS);
  if (missing.length > 0) return { why: `\`${missing.join('`, `')}\` are missing: ${HINT}` };
  const tried = spawnSync('unshare', ['--user', '--map-root-user', '--pid', '--fork', 'true'], {
    encoding: 'utf8',
  });
  if (tried.status === 0) return { machine };
  const said = tried.stderr.trim().split('\n')[0] ?? '';
  const what = `this machine lets nobody make a user name space (${said})`;
  const settings = 'kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns';
  return { why: `${what}: see ${settings}` };
}

function missingOf(programs: readonly string[]): readonly string[] {
  const look = 'for p; do command -v "$p" >/dev/null || echo "$p"; done';
  const env = { PATH: SYSTEM_PATH };
  const looked = spawnSync('sh', ['-c', look, 'look', ...programs], { env, encoding: 'utf8' });
  return looked.status === null ? programs : looked.stdout.split('\n').filter(Boolean);
}
