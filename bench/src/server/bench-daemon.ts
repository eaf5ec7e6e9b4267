import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { isJsonObject, type Json } from '@plumbline/core';
import { type DaemonClient, openClient } from '@plumbline/server/source/client/daemon-client';
import { isStartSaid, type Started } from '@plumbline/server/source/daemon/start-said';

import { AGENT, pactSources } from './workload.ts';

/** A daemon in a program of its own, as `plumb up` starts it, with armed agents. */
export type BenchDaemon = {
  readonly started: Started;
  /** How long it took from its start until it answered. */
  readonly startMs: number;
  /** Asks over the socket, as the daemon's own user. */
  readonly client: DaemonClient;
  readonly close: () => Promise<void>;
};

type Setting = readonly [name: string, value: string];

/** Starts the daemon of a folder. What it logs goes where errors go. */
export function startBenchDaemon(
  folder: string,
  more: readonly Setting[] = [],
): Promise<BenchDaemon> {
  return startDaemonOf([
    ['data', join(folder, 'daemon')],
    ['rootKey', join(folder, 'root.key')],
    ['origin', 'bench.example/log'],
    ['listen.http', '127.0.0.1:0'],
    ['limits.requestsPerMinute', '10000000'],
    ...more,
  ]);
}

/** Starts a daemon by its settings. */
export async function startDaemonOf(settings: readonly Setting[]): Promise<BenchDaemon> {
  const entry = fileURLToPath(import.meta.resolve('@plumbline/server/source/main'));
  const startedMs = performance.now();
  const child = fork(entry, [JSON.stringify({ settings })], {
    execArgv: ['--conditions=plumbline-source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  // A benchmark that fails leaves no daemon behind.
  process.once('exit', () => child.kill('SIGKILL'));
  const said = new Promise<unknown>((resolve) => child.once('message', resolve));
  const first = await Promise.race([said, ended]);
  if (!isStartSaid(first) || first.kind !== 'started') {
    throw new Error(`the daemon did not start: ${JSON.stringify(first)}`);
  }
  const startMs = performance.now() - startedMs;
  const client = openClient({ kind: 'socket', path: first.started.socket });
  const close = async (): Promise<void> => {
    await client.close();
    child.kill('SIGTERM');
    await ended;
  };
  return { started: first.started, startMs, client, close };
}

/** Adds agents and arms the pact for each. */
export async function armAgents(client: DaemonClient, agents: readonly string[]): Promise<void> {
  for (const agent of [AGENT, ...agents]) {
    await client.ask({ method: 'POST', path: '/api/v1/agents', body: { agent } });
    const { entry, files } = pactSources(agent);
    await client.ask({
      method: 'POST',
      path: `/api/v1/agents/${agent}/pacts`,
      body: { entry, files, mode: 'publish', reason: 'to measure' },
    });
  }
}

/** Makes an API key and returns its token. */
export async function makeKey(client: DaemonClient, body: Json): Promise<string> {
  return textAt(await client.ask({ method: 'POST', path: '/api/v1/keys', body }), 'token');
}

/** Returns a text member of an answer. */
export function textAt(answer: unknown, name: string): string {
  // Whatever is asked here came as JSON.
  const value = isJsonObject(answer as Json) ? Reflect.get(answer as object, name) : undefined;
  if (typeof value === 'string') return value;
  throw new Error(`no \`${name}\` in ${JSON.stringify(answer)}`);
}
