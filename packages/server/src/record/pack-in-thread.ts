import { Worker } from 'node:worker_threads';

import { OfflineError } from './offline-error.ts';
import type { PackJob, PackSaid } from './pack-messages.ts';

/** Takes the next bytes of an archive; the ones after it come once it is done. */
export type TakeBytes = (bytes: Uint8Array) => Promise<void>;

/**
 * Writes an evidence pack as one archive on a thread of its own: deciding never waits for it.
 * Ends early, and quietly, once `signal` is aborted.
 *
 * Errors: `OfflineError`.
 */
export async function packInThread(
  job: PackJob,
  { signal, take }: { readonly signal: AbortSignal; readonly take: TakeBytes },
): Promise<void> {
  // The file beside this one, under the extension this one runs with: source or build.
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  const worker = new Worker(new URL(`./pack-thread${extension}`, import.meta.url), {
    workerData: job,
  });
  try {
    const said = heard(worker, signal);
    for (;;) {
      const next = await said();
      if (next === null || next.kind === 'end') return;
      if (next.kind === 'offline') throw new OfflineError(next.place, next.message);
      await take(next.bytes);
      worker.postMessage(null, []);
    }
  } finally {
    await worker.terminate();
  }
}

/** What a thread says, or that it broke; null: it is of no use any more. */
type Heard = PackSaid | Error | null;

/** Returns what waits for the next thing the thread says. Throws what breaks the thread. */
function heard(worker: Worker, signal: AbortSignal): () => Promise<PackSaid | null> {
  const said: Heard[] = [];
  let wake: () => void = () => undefined;
  const hear = (next: Heard): void => {
    said.push(next);
    wake();
  };
  worker.on('message', hear);
  worker.on('error', (cause) => hear(new Error('the thread that packs broke', { cause })));
  worker.on('exit', () => hear(new Error('the thread that packs ended')));
  signal.addEventListener('abort', () => hear(null), { once: true });
  return async () => {
    if (signal.aborted) return null;
    if (said.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const next = said.shift() ?? null;
    if (next instanceof Error) throw next;
    return signal.aborted ? null : next;
  };
}
