import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type {
  ActivityRow,
  DecisionRow,
  EventRow,
  Filter,
  GrantCount,
  GrantRow,
  Models,
  NameWanted,
  OpeningRow,
  Page,
  RoomFilter,
  SessionRow,
} from '../models.ts';
import {
  type ModelsAnswer,
  type ModelsCall,
  type NumberedCall,
  packEntries,
} from './models-calls.ts';
import type { ModelsOptions } from './models.ts';
import { StoreError } from './sqlite-error.ts';

/** How many calls, and how many of them batches of entries, may wait for the thread. */
export type WorkerBounds = { readonly calls: number; readonly batches: number };

const DEFAULT_BOUNDS: WorkerBounds = { calls: 256, batches: 4 };

/**
 * Opens the read models on a thread of their own, so that their commits block nobody. Errors:
 * `StoreError`, as of `openModels`; a call beyond the bounds is refused with fault `locked`.
 */
export async function openModelsWorker(
  options: ModelsOptions,
  bounds: WorkerBounds = DEFAULT_BOUNDS,
): Promise<Models> {
  const models = new WorkerModels(options, bounds);
  await models.opened;
  return models;
}

type Waiting = {
  readonly isBatch: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
};

class WorkerModels implements Models {
  readonly opened: Promise<unknown>;
  readonly #worker: Worker;
  readonly #bounds: WorkerBounds;
  readonly #waiting: Map<number, Waiting> = new Map();
  readonly #ended: Promise<unknown>;
  #batches = 0;
  #count = 0;
  #fault: Error | undefined;

  constructor(options: ModelsOptions, bounds: WorkerBounds) {
    this.#bounds = bounds;
    // The file beside this one, under the extension this one runs with: source or build.
    const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
    const file = new URL(`./models-thread${extension}`, import.meta.url);
    this.#worker = new Worker(file, { workerData: options });
    this.#ended = once(this.#worker, 'exit');
    this.#worker.on('message', (answer: ModelsAnswer) => this.#settle(answer));
    this.#worker.on('error', (cause) => this.#end(cause));
    this.#worker.on('exit', () => this.#end(undefined));
    this.opened = this.#wait(false);
  }

  async nextIndex(): Promise<number> {
    return this.#ask({ kind: 'nextIndex' });
  }

  async fold(from: number, entries: readonly Uint8Array[]): Promise<void> {
    return this.#ask({ kind: 'fold', from, entries: packEntries(entries) });
  }

  async sessions(filter: Filter): Promise<Page<SessionRow>> {
    return this.#ask({ kind: 'sessions', filter });
  }

  async decisions(filter: Filter): Promise<Page<DecisionRow>> {
    return this.#ask({ kind: 'decisions', filter });
  }

  async decision(id: string): Promise<DecisionRow | undefined> {
    return this.#ask({ kind: 'decision', decision: id });
  }

  async whereDecided(decisions: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#ask({ kind: 'whereDecided', decisions });
  }

  async events(filter: Filter): Promise<Page<EventRow>> {
    return this.#ask({ kind: 'events', filter });
  }

  async nameLike(wanted: NameWanted): Promise<string | undefined> {
    return this.#ask({ kind: 'nameLike', wanted });
  }

  async roomOpenings(of: RoomFilter): Promise<Page<OpeningRow>> {
    return this.#ask({ kind: 'roomOpenings', of });
  }

  async activity(sinceAt: number): Promise<readonly ActivityRow[]> {
    return this.#ask({ kind: 'activity', sinceAt });
  }

  async grants(filter: Filter): Promise<Page<GrantRow>> {
    return this.#ask({ kind: 'grants', filter });
  }

  async grantCounts(filter: Filter): Promise<readonly GrantCount[]> {
    return this.#ask({ kind: 'grantCounts', filter });
  }

  async drop(): Promise<void> {
    return this.#ask({ kind: 'drop' });
  }

  async close(): Promise<void> {
    if (this.#fault === undefined) await this.#ask({ kind: 'close' });
    this.#worker.ref();
    await this.#ended;
  }

  async #ask<T>(call: ModelsCall): Promise<T> {
    if (this.#fault !== undefined) throw this.#fault;
    const isBatch = call.kind === 'fold';
    this.#refuseTooMany(isBatch);
    const number = this.#count;
    const answered = this.#wait(isBatch);
    const order: NumberedCall = { number, call };
    this.#worker.postMessage(order, call.kind === 'fold' ? [call.entries.bytes] : []);
    // The thread answers every call with what the method of its name returns.
    return (await answered) as T;
  }

  #refuseTooMany(isBatch: boolean): void {
    const { calls, batches } = this.#bounds;
    if (this.#waiting.size < calls && (!isBatch || this.#batches < batches)) return;
    throw new StoreError('locked', 'the read models have too much to do: ask again shortly');
  }

  #wait(isBatch: boolean): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers();
    this.#waiting.set(this.#count, { isBatch, resolve, reject });
    this.#count += 1;
    this.#batches += isBatch ? 1 : 0;
    // The thread keeps the program running while somebody waits for it, and no longer.
    this.#worker.ref();
    return promise;
  }

  #settle(answer: ModelsAnswer): void {
    const waiting = this.#waiting.get(answer.number);
    if (waiting === undefined) throw new Error(`bug: nobody asked for ${answer.number}`);
    this.#waiting.delete(answer.number);
    this.#batches -= waiting.isBatch ? 1 : 0;
    if (this.#waiting.size === 0) this.#worker.unref();
    if (answer.ok) return waiting.resolve(answer.value);
    const { fault, message } = answer;
    waiting.reject(fault === null ? new Error(message) : new StoreError(fault, message));
  }

  #end(cause: unknown): void {
    const advice = 'start the daemon again';
    const message = `the thread of the read models has ended: ${advice}`;
    this.#fault ??= new StoreError('disk', message, cause);
    for (const { reject } of this.#waiting.values()) reject(this.#fault);
    this.#waiting.clear();
  }
}
