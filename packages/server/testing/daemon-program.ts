import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type DaemonClient, openClient } from '../src/client/daemon-client.ts';
import { isStartSaid, type Started, type StartSaid } from '../src/daemon/start-said.ts';

/** A home of its own for a daemon: its data directory, and a root key beside it. */
export type DaemonHome = {
  readonly folder: string;
  readonly data: string;
  readonly rootKey: string;
  readonly settings: ReadonlyMap<string, string>;
  readonly remove: () => void;
};

/** A daemon that runs as a program of its own. */
export type DaemonProgram = {
  readonly child: ChildProcess;
  readonly started: Started;
  readonly client: DaemonClient;
  /** What it wrote to standard error. */
  readonly log: () => string;
  /** Sends a signal and waits for the end; returns the exit code, null when a signal ended it. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<number | null>;
};

/** Returns a home in a fresh folder, which whoever asked for it removes. */
export function makeHome(settings: Readonly<Record<string, string>> = {}): DaemonHome {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-'));
  const [data, rootKey] = [join(folder, 'd'), join(folder, 'root.key')];
  const all = { data, rootKey, 'listen.http': '127.0.0.1:0', 'disk.warnBytes': '0' };
  return {
    folder,
    data,
    rootKey,
    settings: new Map(Object.entries({ ...all, 'disk.refuseBytes': '0', ...settings })),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Starts a daemon, and returns it or why it did not start. */
export async function startProgram(home: DaemonHome): Promise<DaemonProgram | StartSaid> {
  const told = JSON.stringify({ settings: [...home.settings] });
  const child = spawn(process.execPath, ['--conditions=plumbline-source', MAIN, told], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { HOME: home.folder, NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] },
  });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
  const said = await Promise.race([
    once(child, 'message').then(([message]: unknown[]) => message),
    exited.then(() => undefined),
  ]);
  if (!isStartSaid(said)) throw new Error(`the daemon said nothing: ${lines.join('')}`);
  if (said.kind !== 'started') {
    await exited;
    return said;
  }
  const client = openClient({ kind: 'socket', path: said.started.socket });
  return {
    child,
    started: said.started,
    client,
    log: () => lines.join(''),
    end: async (signal) => {
      child.kill(signal);
      await exited;
      await client.close().catch(() => undefined);
      return child.exitCode;
    },
  };
}

/** Starts a daemon that must start. */
export async function mustStart(home: DaemonHome): Promise<DaemonProgram> {
  const program = await startProgram(home);
  if ('kind' in program) throw new Error(JSON.stringify(program));
  return program;
}
