import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import type { Told } from '../config/load-config.ts';
import { placesOf, prepareFolder, StartRefused } from '../daemon/places.ts';
import { isStartSaid, type Started, type StartSaid } from '../daemon/start-said.ts';
import { ClientError, openClient } from './daemon-client.ts';
import { forgetFailedStart, readFailedStart, sayFailedStart } from './failed-start.ts';

/** Where to start a daemon, and with what. */
export type Start = {
  /** The data directory. */
  readonly folder: string;
  readonly told: Told;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
  /** Whether a person asks for just this start, also after one that failed. */
  readonly isAskedFor?: boolean;
};

const START_MS = 60_000;
const LOG_BYTES = 10 * 1024 * 1024;

/** Returns whether a daemon answers on the socket of a data directory. */
export async function isAnswering(folder: string): Promise<boolean> {
  const client = openClient({ kind: 'socket', path: placesOf(folder).socket });
  try {
    await client.ask({ method: 'GET', path: '/healthz' });
    return true;
  } catch (cause) {
    if (cause instanceof ClientError) return false;
    throw cause;
  } finally {
    await client.close();
  }
}

/**
 * Starts a daemon that goes on without this program, and waits until it answers. However many do
 * so at once, the lock of the data directory leaves one daemon: the others wait for it. Returns
 * what the start said, or null when another one was there or faster.
 *
 * Errors: `StartRefused` with what the daemon said when it does not start; and, where the last
 * start with a configuration of its own failed, unless this one is asked for or has one as well.
 */
export async function ensureDaemon(start: Start): Promise<Started | null> {
  if (await isAnswering(start.folder)) return null;
  const failed = readFailedStart(start.folder);
  const isAskedFor = start.isAskedFor === true || hasOwnConfig(start);
  if (failed !== null && !isAskedFor) throw new StartRefused(sayFailedStart(failed));
  const child = spawnDaemon(start);
  const said = await hear(child, start.timeoutMs ?? START_MS);
  switch (said.kind) {
    case 'started':
      forgetFailedStart(start.folder);
      return said.started;
    case 'held':
      await waitForOther(start);
      return null;
    case 'refused':
      throw new StartRefused(said.message);
  }
}

/** Whether a start says how the daemon is to be, and not only where. */
export function hasOwnConfig({ told, environment }: Pick<Start, 'told' | 'environment'>): boolean {
  const file = told.configFile ?? environment['PLUMBLINE_CONFIG'];
  return file !== undefined || [...(told.settings ?? [])].some(([path]) => path !== 'data');
}

function spawnDaemon({ folder, told, environment }: Start): ChildProcess {
  prepareFolder(folder);
  const log = openLogFile(join(folder, 'daemon.log'));
  const isSource = import.meta.url.endsWith('.ts');
  const entry = fileURLToPath(new URL(isSource ? '../main.ts' : '../main.js', import.meta.url));
  const said = { configFile: told.configFile, settings: [...(told.settings ?? [])] };
  const conditions = isSource ? ['--conditions=plumbline-source'] : [];
  // It reads its settings where this program read them: paths in them may be relative.
  const child = spawn(process.execPath, [...conditions, entry, JSON.stringify(said)], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...environment },
  });
  closeSync(log);
  return child;
}

function openLogFile(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

/** Waits for the first thing the daemon says; then lets go of it. */
async function hear(child: ChildProcess, timeoutMs: number): Promise<StartSaid> {
  const { promise, resolve } = Promise.withResolvers<StartSaid>();
  const refuse = (message: string): void => resolve({ kind: 'refused', message });
  const timer = setTimeout(() => refuse('the daemon did not start in time'), timeoutMs);
  child.on('message', (message: unknown) => {
    if (isStartSaid(message)) resolve(message);
  });
  child.on('error', (cause) => refuse(`the daemon cannot be started (${cause.message})`));
  child.on('exit', (code) => refuse(`the daemon ended with ${code} while it started`));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.removeAllListeners();
    if (child.connected) child.disconnect();
    child.unref();
  }
}

async function waitForOther({ folder, timeoutMs }: Start): Promise<void> {
  const until = Date.now() + (timeoutMs ?? START_MS);
  while (Date.now() < until) {
    if (await isAnswering(folder)) return;
    await sleep(50);
  }
  throw new StartRefused(
    `${folder}: is held by a program that does not answer; \`plumb status\` says which`,
  );
}
