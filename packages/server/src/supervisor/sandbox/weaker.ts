import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';

import type { SandboxPlan } from './plan.ts';
import {
  type Ended,
  type Pointers,
  type Sandbox,
  SandboxError,
  type Streams,
  tell,
} from './sandbox.ts';

/**
 * Prepares what is left where there are no name spaces: a process group of its own and a bare
 * environment. The agent reads and reaches whatever its user can, and a process that leaves the
 * group survives it.
 */
export async function setUpWeaker(
  plan: SandboxPlan,
  { streams, pointers }: { readonly streams: Streams; readonly pointers: Pointers },
): Promise<Sandbox> {
  const ports = { proxy: await listen(), gateway: await listen() };
  const numbers = { proxy: portOf(ports.proxy), gateway: portOf(ports.gateway) };
  const [command = '', ...args] = plan.command;
  const isRoot = process.getuid?.() === 0;
  const fresh = plan.folders.home === null ? freshHome(isRoot ? plan.who.uid : null) : null;
  const HOME = plan.folders.home ?? fresh ?? tmpdir();
  const child = spawn(
    '/bin/sh',
    ['-c', 'read -r _ <&3; exec 3<&-; exec "$@"', 'plumb-run', command, ...args],
    {
      cwd: plan.folders.work,
      env: { ...plan.environment, ...pointers(numbers), HOME },
      ...(isRoot ? plan.who : {}),
      detached: true,
      // The shell waits for a line on its fourth stream before it becomes the agent.
      stdio: [streams, streams, streams, 'pipe'],
    },
  );
  const { pid } = child;
  if (pid === undefined) throw new SandboxError('no shell could be started');
  const ended = endOf(child).then((how) => {
    if (fresh !== null) rmSync(fresh, { recursive: true, force: true });
    return how;
  });
  return {
    ports,
    init: pid,
    go: () => {
      const gate = child.stdio[3];
      if (gate instanceof Writable) gate.end('\n');
    },
    signal: (name) => void tell(-pid, name),
    kill: async () => {
      tell(-pid, 'SIGKILL');
      await ended;
    },
    ended,
  };
}

function freshHome(uid: number | null): string {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-home-'));
  if (uid !== null) chownSync(folder, uid, -1);
  return folder;
}

function listen(): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => resolve(server));
  });
}

function portOf(server: Server): number {
  const at = server.address();
  if (at === null || typeof at === 'string') throw new SandboxError('no port is free');
  return at.port;
}

function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}
