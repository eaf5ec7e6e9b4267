import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** An engine of Docker that really runs, alone with its images and containers. */
export type RealDocker = {
  readonly socket: string;
  /** Runs Docker's own command against it, and returns what that prints. */
  readonly docker: (...args: readonly string[]) => string;
  readonly stop: () => Promise<void>;
};

/** The image that is made of one program. */
export const IMAGE = 'agent:1';

const PACKAGES = ['docker.io', 'busybox-static'];
const DAEMON = '/usr/sbin/dockerd';
const BUSYBOX = '/bin/busybox';

/** Returns why no engine can run here, or null; installs it where the system has the package. */
export function whyNoDocker(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'takes root on Linux';
  if (existsSync(DAEMON) && existsSync(BUSYBOX)) return null;
  try {
    const quiet = { stdio: 'ignore' } as const;
    execFileSync('apt-get', ['update', '-qq'], quiet);
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...PACKAGES], quiet);
    return existsSync(DAEMON) && existsSync(BUSYBOX) ? null : 'the packages hold no engine';
  } catch {
    return 'apt-get does not install an engine';
  }
}

/** Starts an engine with one image; what it writes and runs is gone once it was stopped. */
export async function startDocker(): Promise<RealDocker> {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-docker-'));
  const socket = join(folder, 'docker.sock');
  const log = openSync(join(folder, 'log'), 'a');
  const places = ['--data-root', join(folder, 'images'), '--exec-root', join(folder, 'run')];
  const alone = [
    '--iptables=false',
    '--ip6tables=false',
    '--bridge=none',
    '--userland-proxy=false',
  ];
  const where = ['-H', `unix://${socket}`, '--pidfile', join(folder, 'pid')];
  const stdio: ['ignore', number, number] = ['ignore', log, log];
  const engine = spawn(DAEMON, [...where, ...places, ...alone], { stdio });
  closeSync(log);
  const ended = new Promise<void>((resolve) => engine.once('exit', () => resolve()));
  const env = { ...process.env, DOCKER_HOST: `unix://${socket}` };
  const docker = (...args: readonly string[]): string => {
    return execFileSync('/usr/bin/docker', args, { env, encoding: 'utf8', stdio: 'pipe' }).trim();
  };
  const stop = async (): Promise<void> => {
    const left = docker('ps', '-aq').split('\n');
    if (left[0] !== '') docker('rm', '-f', ...left);
    engine.kill('SIGTERM');
    await ended;
    // The engine leaves a name space mounted.
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
    const own = mounts
      .map((line) => line.split(' ')[1] ?? '')
      .filter((at) => at.startsWith(folder));
    for (const at of own.toReversed()) execFileSync('umount', [at]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
  };
  for (let tries = 0; ; tries += 1) {
    try {
      docker('version');
      break;
    } catch {
      const said = readFileSync(join(folder, 'log'), 'utf8').slice(-2_000);
      if (tries < 150 && engine.exitCode === null) await pause(200);
      else throw new Error(`the engine does not start: ${said}`);
    }
  }
  importImage(folder, env);
  return { socket, docker, stop };
}

function importImage(folder: string, env: NodeJS.ProcessEnv): void {
  mkdirSync(join(folder, 'image', 'bin'), { recursive: true });
  cpSync(BUSYBOX, join(folder, 'image', 'bin', 'busybox'));
  const tar = join(folder, 'image.tar');
  execFileSync('tar', ['-C', join(folder, 'image'), '-cf', tar, '.']);
  execFileSync('/usr/bin/docker', ['import', tar, IMAGE], { env, stdio: 'ignore' });
}
