import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { WorkerSaid, WorkerStart, WorkerTold } from './halt-worker.ts';

const WORKER = fileURLToPath(new URL('halt-worker.ts', import.meta.url));

/** One enforcement process. */
export type Worker = {
  readonly child: ChildProcess;
  readonly tell: (told: WorkerTold) => void;
  /** Resolves with what it says next of a kind. */
  readonly said: <K extends WorkerSaid['kind']>(
    kind: K,
  ) => Promise<Extract<WorkerSaid, { readonly kind: K }>>;
};

/** Starts an enforcement process; `inside` is a command to start it with. */
export function startWorker(start: WorkerStart, inside: readonly string[] = []): Worker {
  const program = ['--conditions=plumbline-source', WORKER, JSON.stringify(start)];
  const [command = '', ...args] = [...inside, process.execPath, ...program];
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<string, (said: WorkerSaid) => void>();
  child.on('message', (said: WorkerSaid) => waiting.get(said.kind)?.(said));
  return {
    child,
    tell: (told) => child.send(told),
    said: (kind) =>
      new Promise((resolve) => {
        // What a worker says under a kind is of that kind.
        waiting.set(kind, (said) => resolve(said as never));
      }),
  };
}

/** Resolves once a worker forwarded something in a session. */
export async function untilUnderWay({ said }: Worker, session: string): Promise<void> {
  while ((await said('under-way')).session !== session);
}
