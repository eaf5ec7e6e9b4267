import { launcherFor, RAISE_LOOPBACK } from './launcher.ts';
import type { SandboxPlan } from './plan.ts';
import { quoted } from './quote.ts';
import type { Machine } from './seccomp.ts';

/** Where the agent's home is, inside. */
export const HOME: string = '/home/agent';

/** What is set up where: the folder the new root is mounted on, and the program that listens. */
export type SetupPlaces = {
  readonly root: string;
  readonly node: string;
  readonly listener: string;
  readonly machine: Machine;
};

const SYSTEM = ['/usr', '/etc', '/opt', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** What of the system holds secrets of the machine, and is not shown. */
const HIDDEN = [
  '/etc/shadow',
  '/etc/gshadow',
  '/etc/ssh',
  '/etc/ssl/private',
  '/etc/sudoers',
  '/etc/sudoers.d',
  '/etc/kubernetes',
  '/etc/rancher',
  '/etc/docker',
  '/etc/wireguard',
  '/etc/krb5.keytab',
  '/proc/kcore',
  '/proc/keys',
  '/proc/key-users',
  '/proc/sched_debug',
  '/proc/sysrq-trigger',
  '/proc/timer_list',
];
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];
const SCRATCH = 'mode=1777,nosuid,nodev,size=1g,nr_inodes=200k';

/**
 * Returns the shell text that turns fresh name spaces into a sandbox and runs the agent in it.
 *
 * It runs as process 1 of its name space, as root of a user name space that holds nobody else.
 * What the agent sees is listed, not what it does not: a new root with the system read-only, its
 * folders, and no socket of this machine. Every step must succeed, or the agent never starts.
 */
export function setupScript(plan: SandboxPlan, places: SetupPlaces): string {
  const { folders, who, limits } = plan;
  // The kernel counts threads where it says processes.
  const threads = limits.processes * 8;
  const home = folders.home === null ? scratch(HOME, 'mode=700') : bind(folders.home, 'rw', HOME);
  return [
    'exec 2>&4 4>&-',
    'set -eu',
    `R=${quoted(places.root)}`,
    SHOW,
    `mount -t tmpfs -o mode=755,nosuid,nodev,size=16m tmpfs "$R"`,
    ...SYSTEM.map(showSystem),
    'mkdir -p "$R/proc" "$R/dev" "$R/tmp" "$R/run" "$R/home" "$R/var/tmp" "$R/.old"',
    'mount -t proc -o nosuid,nodev,noexec proc "$R/proc"',
    ...devices(),
    scratch('/tmp', SCRATCH),
    scratch('/var/tmp', SCRATCH),
    home,
    ...folders.read.map((folder) => bind(folder, 'ro', folder)),
    ...folders.write.map((folder) => bind(folder, 'rw', folder)),
    bind(folders.work, 'rw', folders.work),
    ...HIDDEN.map(hide),
    RAISE_LOOPBACK,
    `${quoted(places.node)} ${quoted(places.listener)}`,
    'exec 3>&-',
    'cd "$R"',
    'pivot_root . .old',
    'umount -l /.old',
    'rmdir /.old',
    'mount -o remount,bind,ro,nosuid,nodev tmpfs /',
    // The agent's own is the last user name space there can be.
    'echo 1 > /proc/sys/user/max_user_namespaces',
    'hostname sandbox 2>/dev/null || true',
    `cd ${quoted(folders.work)}`,
    'set +e',
    `unshare --user --map-user=${who.uid} --map-group=${who.gid} --keep-caps -- ` +
      'setpriv --ambient-caps=-all --inh-caps=-all --bounding-set=-all --no-new-privs -- ' +
      `prlimit --core=0:0 --nproc=${threads}:${threads} --nofile=4096:4096 ` +
      `--data=${limits.memoryBytes}:${limits.memoryBytes} --memlock=65536:65536 -- ` +
      `${launcherFor(places.machine)} "$@"`,
    'exit $?',
  ].join('\n');
}

function showSystem(folder: string): string {
  const at = `"$R${folder}"`;
  const link = `ln -s "$(readlink ${folder})" ${at}`;
  const show = bind(folder, 'ro', folder);
  return `if [ -L ${folder} ]; then ${link}; elif [ -d ${folder} ]; then ${show}; fi`;
}

// What lies in other mounts below is shown as well, in the same way: a name space may not take it
// away. Nothing that is shown takes effect with the rights of its owner.
const SHOW = `show() {
  if [ -d "$1" ]; then mkdir -p "$3"; else mkdir -p "$(dirname "$3")"; : > "$3"; fi
  mount --rbind "$1" "$3"
  while read -r _ _ _ _ at _; do
    case "$at" in "$3"|"$3"/*) mount -o "remount,bind,$2" "$at" ;; esac
  done < /proc/self/mountinfo
}`;
const MODES = { ro: 'ro,nosuid,nodev', rw: 'nosuid,nodev' } as const;

function bind(from: string, how: 'ro' | 'rw', to: string): string {
  return `show ${quoted(from)} ${MODES[how]} "$R"${quoted(to)}`;
}

function scratch(at: string, options: string): string {
  return `mkdir -p "$R${at}"; mount -t tmpfs -o ${options} tmpfs "$R${at}"`;
}

function hide(path: string): string {
  const at = `"$R${path}"`;
  const folder = `mount -t tmpfs -o ro,mode=000,size=4k tmpfs ${at}`;
  const nothing = `mount --bind /dev/null ${at}`;
  return `if [ -d ${at} ]; then ${folder}; elif [ -e ${at} ]; then ${nothing}; fi`;
}

function devices(): readonly string[] {
  return [
    'mount -t tmpfs -o mode=755,nosuid,noexec,size=1m tmpfs "$R/dev"',
    ...DEVICES.map((name) => `: > "$R/dev/${name}"; mount --bind /dev/${name} "$R/dev/${name}"`),
    'mkdir "$R/dev/pts" "$R/dev/shm"',
    'mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$R/dev/pts"',
    'ln -s pts/ptmx "$R/dev/ptmx"; ln -s /proc/self/fd "$R/dev/fd"',
    'for n in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${n%%:*}" "$R/dev/${n#*:}"; done',
    `mount -t tmpfs -o ${SCRATCH} tmpfs "$R/dev/shm"`,
  ];
}
