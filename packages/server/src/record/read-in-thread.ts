import { Worker } from 'node:worker_threads';
import type { Result } from '@plumbline/ledger';

import { OfflineError } from './offline-error.ts';
import type { Seen } from './read-log.ts';
import {
  type TakenBatch,
  type ThreadJob,
  type ThreadSaid,
  unpackBatch,
} from './reading-messages.ts';

/** As `TakeBatch`, for a batch that may be opened already. */
export type TakeTaken = (batch: TakenBatch) => Promise<string | undefined>;

/**
 * As `readLog`, on a thread of its own that reads ahead: it hashes and reads strictly, and opens
 * what it can while `take` is busy. Few batches are ever on their way, however long the log.
 */
export async function readInThread(job: ThreadJob, take: TakeTaken): Promise<Result<Seen>> {
  // The file beside this one, under the extension this one runs with: source or build.
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  const file = new URL(`./reading-thread${extension}`, import.meta.url);
  const worker = new Worker(file, { workerData: job });
  try {
    return await listen(worker, take);
  } finally {
    await worker.terminate();
  }
}

async function listen(worker: Worker, take: TakeTaken): Promise<Result<Seen>> {
  const said = heard(worker);
  for (;;) {
    const next = await said();
    if (next.kind === 'end') return next.seen;
    if (next.kind === 'offline') throw new OfflineError(next.place, next.message);
    const complaint = await take(unpackBatch(next.packed));
    if (complaint !== undefined) {
      return { ok: false, error: { code: 'refused', message: complaint } };
    }
    worker.postMessage(null, []);
  }
}

/** Returns what waits for the next thing the thread says. Throws what breaks the thread. */
function heard(worker: Worker): () => Promise<ThreadSaid> {
  const said: ThreadSaid[] = [];
  let broken: Error | undefined;
  let wake: () => void = () => undefined;
  worker.on('message', (message: ThreadSaid) => {
    said.push(message);
    wake();
  });
  worker.on('error', (cause) => {
    broken = new Error('bug: the thread that reads the log broke', { cause });
    wake();
  });
  worker.on('exit', () => {
    broken ??= new Error('bug: the thread ended and did not say what it found');
    wake();
  });
  return async () => {
    for (;;) {
      const next = said.shift();
      if (next !== undefined) return next;
      if (broken !== undefined) throw broken;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}
