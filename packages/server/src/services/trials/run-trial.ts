import { Worker } from 'node:worker_threads';

import type { Trial } from './tally.ts';
import type { FromTrial, ToTrial, TrialEntry, TrialJob } from './trial-messages.ts';

/** Entries to be tried, and which of how many have been read. */
export type TrialBatch = { readonly entries: readonly TrialEntry[]; readonly read: number };

/**
 * Plays entries under a candidate on a thread of its own: deciding elsewhere never waits for it.
 * `told` hears how many entries were tried. Returns null once `signal` is aborted.
 */
export async function runTrial(
  job: TrialJob,
  batches: AsyncIterable<TrialBatch>,
  { signal, told }: { readonly signal: AbortSignal; readonly told: (read: number) => void },
): Promise<Trial | null> {
  // The file beside this one, under the extension this one runs with: source or build.
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  const file = new URL(`./trial-thread${extension}`, import.meta.url);
  const worker = new Worker(file, { workerData: job });
  const answers = answersOf(worker);
  const ask = (message: ToTrial): Promise<FromTrial> => {
    worker.postMessage(message, []);
    return answers();
  };
  try {
    for await (const { entries, read } of batches) {
      if (signal.aborted) return null;
      await ask({ kind: 'entries', entries });
      told(read);
    }
    if (signal.aborted) return null;
    const last = await ask({ kind: 'end' });
    if (last.kind !== 'trial') throw new Error('bug: the thread of a trial said it took the end');
    return last.trial;
  } finally {
    await worker.terminate();
  }
}

/** Returns what waits for the next answer. Throws what breaks the thread. */
function answersOf(worker: Worker): () => Promise<FromTrial> {
  let settle: { resolve: (said: FromTrial) => void; reject: (cause: Error) => void } | null = null;
  let broken: Error | null = null;
  const end = (cause: Error): void => {
    broken ??= cause;
    settle?.reject(broken);
  };
  worker.on('message', (said: FromTrial) => settle?.resolve(said));
  worker.on('error', (cause) => end(new Error('the thread of a trial broke', { cause })));
  worker.on('exit', () => end(new Error('the thread of a trial ended')));
  return () =>
    new Promise((resolve, reject) => {
      settle = { resolve, reject };
      if (broken !== null) reject(broken);
    });
}
