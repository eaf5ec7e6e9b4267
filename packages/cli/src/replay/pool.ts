import { Worker } from 'node:worker_threads';

import type { Line } from '../readers/lines.ts';
import type { Format } from '../readers/run.ts';
import type { Report } from '../report/report.ts';
import { Stop } from '../stop.ts';
import { packBatch, type Answer, type Order, type WorkerJob } from './batch.ts';

// Two batches per thread keep it busy while the next is read; more would only fill memory.
const MAX_WAITING_PER_THREAD = 2;

type Thread = { readonly worker: Worker; waiting: number };

/**
 * Threads that replay batches of lines side by side; each has a kernel state per run and a report
 * of its own, which are added up at the end.
 */
export class ReplayPool {
  runs = 0;
  readonly #threads: readonly Thread[];
  readonly #stops: Extract<Answer, { kind: 'stop' }>[] = [];
  #batchCount = 0;
  #fault: unknown = null;
  #wake: () => void = () => undefined;

  constructor(job: WorkerJob, threadCount: number) {
    // The file beside this one, under the extension this one runs with: source or build.
    const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
    const file = new URL(`./replay-worker${extension}`, import.meta.url);
    this.#threads = Array.from({ length: threadCount }, () => ({
      worker: new Worker(file, { workerData: job }),
      waiting: 0,
    }));
    for (const thread of this.#threads) this.#listen(thread);
  }

  /** Gives lines to the least busy thread, waiting for one. Errors: `Stop` of an earlier batch. */
  async give(lines: readonly Line[], file: { path: string; format: Format }): Promise<void> {
    await this.#until(() => this.#idlest().waiting < MAX_WAITING_PER_THREAD);
    if (this.#stops.length > 0) await this.settle();
    const batch = packBatch(lines, { at: this.#batchCount, ...file });
    this.#batchCount += 1;
    const thread = this.#idlest();
    thread.waiting += 1;
    this.#tell(thread, { kind: 'batch', batch }, [batch.bytes]);
  }

  /** Waits for all batches and adds what was counted to a report. Errors: the earliest `Stop`. */
  async finish(report: Report): Promise<void> {
    await this.settle();
    const parts = this.#threads.map(
      (thread) =>
        new Promise<Answer>((resolve) => {
          thread.worker.once('message', resolve);
          this.#tell(thread, { kind: 'end' }, []);
        }),
    );
    for (const answer of await Promise.all(parts)) {
      if (answer.kind === 'report') report.merge(answer.parts);
    }
  }

  /** Ends the threads, whatever they do. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #listen(thread: Thread): void {
    thread.worker.on('message', (answer: Answer) => {
      if (answer.kind === 'report') return;
      thread.waiting -= 1;
      if (answer.kind === 'stop') this.#stops.push(answer);
      else this.runs += answer.runs;
      this.#wake();
    });
    thread.worker.on('error', (cause) => {
      this.#fault ??= cause;
      this.#wake();
    });
  }

  #tell({ worker }: Thread, order: Order, given: readonly ArrayBuffer[]): void {
    worker.postMessage(order, [...given]);
  }

  #idlest(): Thread {
    const [first, ...others] = this.#threads;
    if (first === undefined) throw new Error('bug: a pool without threads');
    return others.reduce(
      (least, thread) => (thread.waiting < least.waiting ? thread : least),
      first,
    );
  }

  /** Waits for all batches. Errors: `Stop` of the earliest that had one. */
  async settle(): Promise<void> {
    await this.#until(() => this.#threads.every(({ waiting }) => waiting === 0));
    const [earliest] = this.#stops.toSorted((a, b) => a.at - b.at);
    if (earliest !== undefined) throw new Stop(earliest.reason, earliest.place);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#fault !== null) throw this.#fault;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#fault !== null) throw this.#fault;
  }
}
