import {
  encodeHex,
  Frontier,
  leafHash,
  MAX_ENTRY_BYTES,
  signCheckpoint,
  type Signer,
} from '@plumbline/ledger';
import { primitives, signerOf } from '../src/ledger/primitives.ts';
import {
  type Appended,
  LedgerStopped,
  type Sequencer,
  type StopReason,
  type Submission,
} from '../src/ledger/sequencer.ts';

/** What a test may choose; everything has a default. */
export type MemoryLog = {
  /** Signs the checkpoints; its name is the origin. */
  readonly signer?: Signer;
  readonly clock?: () => number;
  /** Entries that stand in the log already. */
  readonly entries?: readonly Uint8Array[];
  /** How many entries may be queued. */
  readonly backlog?: number;
};

/** A log in memory that obeys the contract, and what a test can do to it. */
export type MemorySequencer = Sequencer & {
  /** From now on a sync does not end, so nothing more becomes durable. */
  readonly holdSyncs: () => void;
  /** Ends the sync in flight, if any, and holds no later one. */
  readonly releaseSyncs: () => void;
  /** The sync in flight or the next one fails, and with it the log stops for good. */
  readonly failSyncs: (cause?: unknown) => void;
  /** Refuses appends with `backlog` until called with false. */
  readonly refuseAppends: (isFull: boolean) => void;
  /** Every durable entry, in order. */
  readonly entries: () => readonly Uint8Array[];
  /** Every checkpoint that was ever published, oldest first. */
  readonly checkpoints: () => readonly string[];
};

type Waiting = {
  readonly submission: Submission;
  readonly resolve: () => void;
  readonly reject: (error: LedgerStopped) => void;
};

type Held = { readonly promise: Promise<void>; readonly resolve: () => void };

const DEFAULT_BACKLOG = 100_000;

/** Opens a log in memory. A size-0 checkpoint is published at once. */
export async function openMemorySequencer(given: MemoryLog = {}): Promise<MemorySequencer> {
  const log = new MemoryWriter(given);
  await log.publish();
  return {
    append: (submission) => log.append(submission),
    status: () => log.status(),
    read: (from, limit) => Promise.resolve(log.entries.slice(from, from + limit)),
    blob: (digest) => Promise.resolve(log.blobs.get(digest)),
    checkpoint: () => log.checkpoints.at(-1) ?? '',
    publish: () => log.publish(),
    onDurable: (listener) => log.onDurable(listener),
    close: () => log.close(),
    holdSyncs: () => log.holdSyncs(),
    releaseSyncs: () => log.releaseSyncs(),
    failSyncs: (cause) => log.failSyncs(cause),
    refuseAppends: (isFull) => log.refuseAppends(isFull),
    entries: () => [...log.entries],
    checkpoints: () => [...log.checkpoints],
  };
}

class MemoryWriter {
  readonly entries: Uint8Array[] = [];
  readonly blobs = new Map<string, Uint8Array>();
  readonly checkpoints: string[] = [];
  readonly #signer: Signer;
  readonly #clock: () => number;
  readonly #backlog: number;
  readonly #frontier = new Frontier(primitives.sha256, () => undefined);
  readonly #listeners = new Set<(durableSize: number) => void>();
  #queue: Waiting[] = [];
  #batch: Waiting[] = [];
  #syncing: Promise<void> | undefined;
  #held: Held | undefined;
  #failure: { readonly cause: unknown } | undefined;
  #stopped: LedgerStopped | undefined;
  #isFull = false;
  #publishedSize = 0;
  #checkpointAt: number | null = null;
  #publishing: Promise<void> = Promise.resolve();

  constructor(given: MemoryLog) {
    this.#signer = given.signer ?? signerOf('log.example/test', new Uint8Array(32).fill(7));
    this.#clock = given.clock ?? Date.now;
    this.#backlog = given.backlog ?? DEFAULT_BACKLOG;
    for (const entry of given.entries ?? []) {
      this.entries.push(entry);
      this.#frontier.append(leafHash(primitives.sha256, entry));
    }
  }

  append(submission: Submission): Appended {
    if (this.#stopped !== undefined) throw this.#stopped;
    const { bytes, leaf } = submission;
    if (bytes.length > MAX_ENTRY_BYTES || leaf.length !== 32) {
      throw new Error('bug: an entry is at most 65535 bytes and its leaf hash is 32');
    }
    if (this.#isFull || this.#queue.length + this.#batch.length >= this.#backlog) {
      throw new LedgerStopped('backlog', 'too many entries wait for the disk: try again shortly');
    }
    const index = this.entries.length + this.#batch.length + this.#queue.length;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // A caller who never looks must not end the program.
    promise.catch(() => undefined);
    this.#queue.push({ submission, resolve, reject });
    this.#syncing ??= this.#sync();
    return { index, durable: promise };
  }

  status(): ReturnType<Sequencer['status']> {
    return {
      origin: this.#signer.key.name,
      nextIndex: this.entries.length + this.#batch.length + this.#queue.length,
      durableSize: this.entries.length,
      publishedSize: this.#publishedSize,
      checkpointAt: this.#checkpointAt,
      stopped: this.#stopped?.message ?? null,
    };
  }

  onDurable(listener: (durableSize: number) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  publish(): Promise<void> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    const size = this.entries.length;
    const published = this.#publishing.then(() => this.#sign(size));
    this.#publishing = published.catch(() => undefined);
    return published;
  }

  async close(): Promise<void> {
    if (this.#stopped !== undefined) return;
    while (this.#syncing !== undefined) await this.#syncing;
    await this.publish();
    this.#stop('closed', 'the log is closed: start the daemon again', undefined);
  }

  holdSyncs(): void {
    this.#held ??= Promise.withResolvers<void>();
  }

  releaseSyncs(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  failSyncs(cause: unknown): void {
    this.#failure = { cause: cause ?? new Error('sync failed') };
    this.releaseSyncs();
  }

  refuseAppends(isFull: boolean): void {
    this.#isFull = isFull;
  }

  async #sync(): Promise<void> {
    // Whatever is appended in the same turn is one batch, as on a disk that is busy.
    await Promise.resolve();
    while (this.#queue.length > 0 && this.#stopped === undefined) {
      [this.#batch, this.#queue] = [this.#queue, []];
      await this.#held?.promise;
      if (this.#failure !== undefined) {
        const message = 'the disk failed: look at its cause, then start the daemon again';
        this.#stop('disk', message, this.#failure.cause);
        break;
      }
      this.#settle();
    }
    this.#syncing = undefined;
  }

  #settle(): void {
    const batch = this.#batch;
    this.#batch = [];
    for (const { submission } of batch) {
      for (const blob of submission.blobs ?? []) {
        this.blobs.set(`sha256:${encodeHex(primitives.sha256(blob))}`, blob);
      }
      this.entries.push(submission.bytes);
    }
    for (const { resolve } of batch) resolve();
    for (const listener of this.#listeners) listener(this.entries.length);
  }

  async #sign(size: number): Promise<void> {
    for (const entry of this.entries.slice(this.#frontier.size, size)) {
      this.#frontier.append(leafHash(primitives.sha256, entry));
    }
    const { key } = this.#signer;
    const state = { origin: key.name, size: this.#frontier.size, root: this.#frontier.root() };
    const isKnown = state.size === this.#publishedSize && this.checkpoints.length > 0;
    if (!isKnown) this.checkpoints.push(await signCheckpoint(this.#signer, state));
    this.#publishedSize = state.size;
    this.#checkpointAt = this.#clock();
  }

  #stop(reason: StopReason, message: string, cause: unknown): void {
    this.#stopped = new LedgerStopped(reason, message, cause);
    const pending = [...this.#batch, ...this.#queue];
    [this.#batch, this.#queue] = [[], []];
    for (const { reject } of pending) reject(this.#stopped);
  }
}
