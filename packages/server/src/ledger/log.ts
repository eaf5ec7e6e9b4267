import {
  type Checkpoint,
  encodeUtf8,
  isHandover,
  keyInForce,
  type KeyPeriod,
  leafHash,
  type PlacedEntry,
  sameKey,
  signCheckpoint,
  signHandover,
  type Signer,
  TILE_WIDTH,
  traceKeys,
  type VerifierKey,
} from '@plumbline/ledger';
import { type Disk, DiskError } from '../disk/disk.ts';
import { BlobReader } from './blob-reader.ts';
import { refuseContradiction } from './check-start.ts';
import { diskSource } from './disk-source.ts';
import { EntryReader } from './entry-reader.ts';
import { LOG_FOLDER } from './layout.ts';
import type { LogOptions } from './log-options.ts';
import type { LogState, StateFile } from './log-state.ts';
import { primitives } from './primitives.ts';
import { finishRoll, nextLog } from './roll.ts';
import type { DurableBatch, Wal } from './segment/wal.ts';
import {
  type Appended,
  LedgerStopped,
  type LogStatus,
  type Sequencer,
  type StopReason,
  type Submission,
} from './sequencer.ts';
import type { Tail } from './tail.ts';
import { stampCheckpoint, type Stamped } from './timestamp.ts';
import type { TreeWriter } from './tree-writer.ts';
import { publishedNote, type Witnesses, type WitnessStatus } from './witnesses.ts';

/** The sequencer of a log on a disk, and what else its operator does with it. */
export type Log = Sequencer & {
  readonly witnesses: () => readonly WitnessStatus[];
  /** The log key in force for the next checkpoint. */
  readonly key: () => VerifierKey;
  /**
   * Hands the log over to another key: appends the hand-over, and publishes under the successor.
   * Resolves with the entry's index. From then on the log is opened with the successor.
   * Throws a `RangeError` for a key that was in force before.
   */
  readonly rotate: (successor: Signer) => Promise<number>;
  /**
   * Ends this log: takes nothing more, appends the last entry, which names the log that follows,
   * publishes, and puts the log among the rolled ones. Resolves with what follows; open it with
   * `openLog`. `rolled` is called once everything before its entry is durable.
   */
  readonly roll: (rolled: (next: Checkpoint) => Submission) => Promise<Checkpoint>;
  /** Has the published checkpoint dated by the authority, once for each size. */
  readonly stamp: () => Promise<Stamped>;
};

/** What `openLog` found and checked. */
export type LogParts = {
  readonly options: LogOptions;
  readonly state: StateFile;
  readonly wal: Wal;
  readonly tail: Tail;
  readonly tree: TreeWriter;
  readonly witnesses: Witnesses;
  /** The published checkpoint, empty when there is none yet. */
  readonly checkpoint: string;
  readonly publishedSize: number;
  readonly handovers: readonly PlacedEntry[];
};

// Tiles are written one after the other as long as that keeps pace with what is appended. Files are
// synced on four threads; one of them is left to the write-ahead log.
const HASTE_BYTES = 8 * 1024 * 1024;
const MOST_HASTE = 3;
const CHECKPOINT = `${LOG_FOLDER}/checkpoint`;

/** Integrates durable entries into the tree, and publishes. Source: spec/ledger.md, "Writing". */
export class LogWriter implements Log {
  readonly #options: LogOptions;
  readonly #disk: Disk;
  readonly #state: StateFile;
  readonly #wal: Wal;
  readonly #tail: Tail;
  readonly #tree: TreeWriter;
  readonly #witnesses: Witnesses;
  readonly #entries: EntryReader;
  readonly #blobs: BlobReader;
  readonly #signers: Signer[];
  readonly #listeners = new Set<(durableSize: number) => void>();
  #handovers: readonly PlacedEntry[];
  #checkpoint: string;
  #publishedSize = 0;
  #checkpointAt: number | null = null;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();
  #stopped: LedgerStopped | undefined;
  #isClosing = false;
  #isRotating = false;

  constructor(parts: LogParts) {
    this.#options = parts.options;
    this.#disk = parts.options.disk;
    this.#state = parts.state;
    this.#wal = parts.wal;
    this.#tail = parts.tail;
    this.#tree = parts.tree;
    this.#witnesses = parts.witnesses;
    this.#checkpoint = parts.checkpoint;
    this.#publishedSize = parts.publishedSize;
    this.#handovers = parts.handovers;
    this.#entries = new EntryReader(this.#disk);
    this.#blobs = new BlobReader(this.#disk, parts.options.origin, parts.state.state.origin);
    this.#signers = [...parts.options.signers(parts.state.state.origin)];
  }

  append(submission: Submission): Appended {
    if (this.#stopped !== undefined) throw this.#stopped;
    if (this.#isClosing) throw closed();
    if (isHandover(submission.bytes)) throw new Error('bug: a hand-over is written by `rotate`');
    if (this.#tail.byteCount > this.#options.unpublishedBytes) {
      const message = 'too many entries wait for a checkpoint: try again shortly';
      throw new LedgerStopped('backlog', message);
    }
    return this.#append(submission);
  }

  status(): LogStatus {
    const wal = this.#wal.status();
    return {
      origin: this.#state.state.origin,
      nextIndex: wal.nextIndex,
      durableSize: this.#tail.end,
      publishedSize: this.#publishedSize,
      checkpointAt: this.#checkpointAt,
      stopped: (this.#stopped ?? wal.stopped)?.message ?? null,
    };
  }

  async read(from: number, limit: number): Promise<readonly Uint8Array[]> {
    const found: Uint8Array[] = [];
    const end = Math.min(from + limit, this.#tail.end);
    for (let at = from; at < end; at = from + found.length) {
      // The tail may move on while a bundle is read, so it is asked each time.
      if (at >= this.#tail.start) {
        found.push(...this.#tail.slice(at, end).map(({ bytes }) => bytes));
      } else {
        const bundle = await this.#entries.bundle(Math.floor(at / TILE_WIDTH));
        const first = at % TILE_WIDTH;
        found.push(...bundle.slice(first, first + end - at));
      }
    }
    return found;
  }

  blob(digest: string): Promise<Uint8Array | undefined> {
    return this.#blobs.read(digest);
  }

  checkpoint(): string {
    return this.#checkpoint;
  }

  witnesses(): readonly WitnessStatus[] {
    return this.#witnesses.statuses();
  }

  key(): VerifierKey {
    return inForce(this.#state.state.keys, this.#state.state.size);
  }

  publish(): Promise<void> {
    const stopped = this.#stopped ?? this.#wal.status().stopped ?? undefined;
    if (stopped !== undefined) return Promise.reject(stopped);
    return this.#publish();
  }

  onDurable(listener: (durableSize: number) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Is told of each batch by the write-ahead log. */
  takeBatch({ first, submissions }: DurableBatch): void {
    for (const [at, submission] of submissions.entries()) {
      this.#tail.push(submission);
      const { bytes } = submission;
      if (isHandover(bytes)) {
        this.#handovers = [...this.#handovers, { index: first + at, entry: bytes }];
      }
    }
    for (const listener of this.#listeners) listener(this.#tail.end);
    const isDue = this.#tail.end - this.#tree.size >= this.#options.publishEvery;
    // A failure stops the log, and whoever appends next is told of it.
    if (isDue && this.#stopped === undefined) void this.#publish().catch(() => undefined);
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    const stopped = this.#stopped ?? this.#wal.status().stopped ?? undefined;
    try {
      if (stopped === undefined) await this.#finish();
      else await this.#running;
    } finally {
      // What failed before was told to whoever it concerned; closing adds nothing to it.
      await this.#wal.close().catch(() => undefined);
      this.#stopped ??= closed();
    }
  }

  async rotate(successor: Signer): Promise<number> {
    if (this.#stopped !== undefined) throw this.#stopped;
    if (this.#isClosing) throw closed();
    if (this.#state.state.keys.some(({ key }) => sameKey(key, successor.key))) {
      throw new RangeError(`key of \`${successor.key.name}\` was in force before: take another`);
    }
    if (this.#isRotating) throw new Error('bug: one rotation at a time');
    this.#isRotating = true;
    try {
      return await this.#handOver(successor);
    } finally {
      this.#isRotating = false;
    }
  }

  async roll(rolled: (next: Checkpoint) => Submission): Promise<Checkpoint> {
    const next = nextLog(this.#options.origin, this.#state.state.origin);
    if (this.#stopped !== undefined) throw this.#stopped;
    if (this.#isClosing) throw closed();
    // Nothing may come behind the entry that names what follows, nor be lost before it.
    this.#isClosing = true;
    await this.#finish();
    await this.#state.advance({ ...this.#state.state, phase: 'ending' });
    this.#append(rolled(next));
    await this.#finish();
    await this.#wal.close();
    this.#stopped = new LedgerStopped('closed', 'the log was rolled over: open the next one');
    await finishRoll(this.#state, this.#options);
    return next;
  }

  stamp(): Promise<Stamped> {
    const { disk, egress, random, timestamps } = this.#options;
    return stampCheckpoint(this.#checkpoint, { disk, egress, random, url: timestamps });
  }

  #append(submission: Submission): Appended {
    const appended = this.#wal.append(submission);
    this.#last = appended.durable;
    return appended;
  }

  async #handOver(successor: Signer): Promise<number> {
    await this.publish();
    const retiring = this.#signerOf(this.key());
    const entry = await signHandover(retiring, successor);
    this.#signers.push(successor);
    const leaf = leafHash(primitives.sha256, entry);
    const { index, durable } = this.#append({ bytes: entry, leaf });
    await durable;
    await this.publish();
    return index;
  }

  /** Makes what was accepted durable, and publishes it. */
  async #finish(): Promise<void> {
    await this.#last;
    await this.#publish();
  }

  #publish(): Promise<void> {
    // Whoever asks while one is under way shares the one that follows it.
    if (this.#next !== undefined) return this.#next;
    const next = this.#running.then(() => {
      this.#next = undefined;
      return this.#publishOnce();
    });
    this.#next = next;
    this.#running = next.catch(() => undefined);
    return next;
  }

  async #publishOnce(): Promise<void> {
    if (this.#stopped !== undefined) throw this.#stopped;
    try {
      const state = await this.#integrate(this.#tail.end);
      await this.#sign(state);
      await this.#wal.release(state.size);
      await this.#tree.dropPartials();
    } catch (error) {
      throw this.#stopFor(error);
    }
  }

  /** Tiles and bundles are durable first, then size and root; only then may they be signed. */
  async #integrate(size: number): Promise<LogState> {
    const { state } = this.#state;
    const keys = await this.#keysAt(size);
    if (size > this.#tree.size) {
      const haste = (): number =>
        Math.min(MOST_HASTE, 1 + Math.floor(this.#tail.byteCount / HASTE_BYTES));
      await this.#tree.grow(this.#tail.slice(this.#tree.size, size), haste);
    }
    if (size === state.size) return state;
    const phase = state.phase === 'ending' ? 'ended' : state.phase;
    const next = { ...state, size, root: this.#tree.root(), keys, phase };
    await this.#state.advance(next);
    this.#tail.dropBelow(size - (size % TILE_WIDTH));
    return next;
  }

  async #sign(state: LogState): Promise<void> {
    const { origin, size, root } = state;
    const isAhead = this.#publishedSize < size || this.#checkpoint === '';
    const isComplete = this.#witnesses.statuses().every(({ problem }) => problem === null);
    if (isAhead || !isComplete) {
      const signer = this.#signerOf(inForce(state.keys, size));
      const signed = await signCheckpoint(signer, { origin, size, root });
      const tree = { sha256: primitives.sha256, source: diskSource(this.#disk, LOG_FOLDER), size };
      const cosigned = await this.#witnesses.cosign({ checkpoint: signed, tree });
      if (cosigned.contradiction !== undefined) {
        throw new DiskError('broken', refuseContradiction(cosigned.contradiction).message, null);
      }
      await this.#put(publishedNote(cosigned), isAhead);
    }
    this.#publishedSize = size;
    this.#checkpointAt = this.#options.clock();
  }

  /** A checkpoint of the same size is replaced only by one with more signatures. */
  async #put(checkpoint: string, isAhead: boolean): Promise<void> {
    const isBetter = checkpoint.length > this.#checkpoint.length;
    if (checkpoint === this.#checkpoint || !(isAhead || isBetter)) return;
    await this.#disk.replace(CHECKPOINT, encodeUtf8(checkpoint));
    this.#checkpoint = checkpoint;
  }

  /** The periods of the log key up to a size. Rejects when a hand-over in the log does not hold. */
  async #keysAt(size: number): Promise<readonly KeyPeriod[]> {
    const { keys } = this.#state.state;
    const handovers = this.#handovers.filter(({ index }) => index < size);
    if (handovers.length === 0) return keys;
    const added = await tracePeriods(keys, handovers);
    this.#handovers = this.#handovers.slice(handovers.length);
    return added;
  }

  #signerOf(key: VerifierKey): Signer {
    const signer = this.#signers.find((each) => sameKey(each.key, key));
    if (signer === undefined) throw new Error('bug: the key in force was checked at the start');
    return signer;
  }

  #stopFor(error: unknown): LedgerStopped {
    if (error instanceof LedgerStopped) return error;
    const reason: StopReason =
      error instanceof DiskError && error.fault === 'full' ? 'full' : 'disk';
    const said = error instanceof Error ? error.message : String(error);
    const message = `publishing failed: ${said}; then start the daemon again`;
    this.#stopped = new LedgerStopped(reason, message, error);
    return this.#stopped;
  }
}

/** Returns the periods of the log key after further hand-overs. Throws when one does not hold. */
export async function tracePeriods(
  keys: readonly KeyPeriod[],
  handovers: readonly PlacedEntry[],
): Promise<readonly KeyPeriod[]> {
  const last = keys.at(-1);
  if (last === undefined) throw new Error('bug: a log has a key from the beginning');
  const traced = await traceKeys(primitives, last.key, handovers);
  if (!traced.ok) throw new DiskError('broken', traced.error.message, traced.error);
  const added = traced.value.slice(1);
  const isBack = added.some(({ key }) => keys.some((each) => sameKey(each.key, key)));
  if (isBack) throw new DiskError('broken', 'a log key came back that was handed over', null);
  return [...keys, ...added];
}

function inForce(keys: readonly KeyPeriod[], size: number): VerifierKey {
  const key = keyInForce(keys, size);
  if (key === undefined) throw new Error('bug: a log has a key from the beginning');
  return key;
}

function closed(): LedgerStopped {
  return new LedgerStopped('closed', 'the log is closed: start the daemon again');
}
