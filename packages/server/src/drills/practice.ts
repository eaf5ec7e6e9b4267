import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';

import type { Executed } from '../guard/halts/executing.ts';

/** Something of the drill's own that its halt ends, as it would end an agent's. */
export type Practice = {
  /** What can be practised here. */
  readonly executors: readonly string[];
  /** Why the others cannot. */
  readonly missing: readonly { readonly what: string; readonly why: string }[];
  /** Ends all of it; once. */
  readonly end: () => Promise<readonly Executed[]>;
};

type Own = { readonly end: () => Promise<void> };

/** How long what is practised on lives where nobody ends it any more, in seconds. */
const LIVES_S = 30;

const OWN: Readonly<Record<string, () => Promise<Own>>> = {
  processes: startProcesses,
  network: connect,
};

/** Starts a group of processes that do nothing, and a connection that carries nothing. */
export async function startPractice(): Promise<Practice> {
  const begun = new Map<string, Own>();
  const missing: { what: string; why: string }[] = [];
  for (const [what, start] of Object.entries(OWN)) {
    try {
      begun.set(what, await start());
    } catch (cause) {
      missing.push({ what, why: `none could be made here (${nameOf(cause)})` });
    }
  }
  let ended: Promise<readonly Executed[]> | undefined;
  const endAll = (): Promise<readonly Executed[]> => {
    return Promise.all([...begun].map(([executor, own]) => endOne(executor, own)));
  };
  return { executors: [...begun.keys()], missing, end: () => (ended ??= endAll()) };
}

async function endOne(executor: string, own: Own): Promise<Executed> {
  const since = performance.now();
  const took = (): Pick<Executed, 'executor' | 'ms' | 'tries'> => {
    return { executor, ms: performance.now() - since, tries: 0 };
  };
  try {
    await own.end();
    return { ...took(), state: 'done', why: null };
  } catch (cause) {
    return { ...took(), state: 'failed', why: `it could not be ended (${nameOf(cause)})` };
  }
}

/** Two that ignore whatever can be ignored, in a group of their own, without any environment. */
async function startProcesses(): Promise<Own> {
  if (process.platform === 'win32') throw new Error('no process groups');
  const script = `trap '' TERM HUP INT; sleep ${LIVES_S} & sleep ${LIVES_S}`;
  const child = spawn('/bin/sh', ['-c', script], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    stdio: 'ignore',
    detached: true,
  });
  const exited = once(child, 'exit');
  exited.catch(() => undefined);
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error('no process');
  child.unref();
  return {
    end: async () => {
      killGroup(pid);
      await exited;
    },
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (cause) {
    // A group that has ended by itself is what was wanted.
    if (!(cause instanceof Error) || Reflect.get(cause, 'code') !== 'ESRCH') throw cause;
  }
}

/** A connection on this machine's loopback, held at both ends. */
async function connect(): Promise<Own> {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on an address has one.
  const { port } = server.address() as net.AddressInfo;
  const held = once(server, 'connection');
  const near = net.connect(port, '127.0.0.1');
  near.on('error', () => undefined);
  await once(near, 'connect');
  // What a server tells of a connection is its socket.
  const [far] = (await held) as [net.Socket];
  far.on('error', () => undefined);
  server.close();
  return {
    end: async () => {
      const gone = [once(near, 'close'), once(far, 'close')];
      near.destroy();
      far.resume();
      await Promise.all(gone);
    },
  };
}

function nameOf(cause: unknown): string {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : null;
  if (typeof code === 'string') return code;
  return cause instanceof Error ? cause.message : 'it failed';
}
