import { type Entry, parseEntry } from '@plumbline/core';
import {
  type Anchor,
  isHandover,
  type LogReport,
  type LogSource,
  parseTilePath,
  type PlacedEntry,
  type Result,
  TILE_WIDTH,
  verifyLog,
} from '@plumbline/ledger';

import { primitives } from '../ledger/primitives.ts';

/** Entries that stand side by side, read strictly. */
export type ReadBatch = {
  readonly from: number;
  /** The bundle they were read from, which is the receiver's. */
  readonly bundle: Uint8Array;
  /** A hand-over of the log's key is null. */
  readonly entries: readonly (Entry | null)[];
  /** The leaf hashes of their bytes. */
  readonly leaves: readonly Uint8Array[];
};

/** What is read, and against what. */
export type ReadJob = {
  /** Its root and size; its signatures are the caller's. */
  readonly checkpoint: Anchor;
  readonly anchors: readonly Anchor[];
  /** Entries are hashed and not looked at: `take` is never called. */
  readonly isTreeOnly: boolean;
};

/** What a pass over the files left for later. */
export type Seen = { readonly tileCount: number; readonly handovers: readonly PlacedEntry[] };

/**
 * Takes the entries of a bundle before the next is read. Returns why the log must be refused, or
 * undefined.
 */
export type TakeBatch = (batch: ReadBatch) => Promise<string | undefined>;

/**
 * Reads a log once: its tree is compared with its tiles and the checkpoint, and every entry is read
 * strictly and handed on. Returns the first fault.
 */
export async function readLog(
  source: LogSource,
  job: ReadJob,
  take: TakeBatch,
): Promise<Result<Seen>> {
  const reading = new Reading(source, take);
  const verified = await verifyLog(primitives.sha256, {
    source: job.isTreeOnly ? source : reading.source,
    checkpoint: job.checkpoint,
    anchors: job.anchors,
    checkEntry: job.isTreeOnly ? reading.checkHandover : reading.checkEntry,
  });
  return reading.end(verified);
}

const NO_BYTES = new Uint8Array(0);

class Reading {
  readonly #files: LogSource;
  readonly #take: TakeBatch;
  readonly #handovers: PlacedEntry[] = [];
  #from = 0;
  #bundle: Uint8Array = NO_BYTES;
  #entries: (Entry | null)[] = [];
  #leaves: Uint8Array[] = [];
  #complaint: string | undefined;

  constructor(files: LogSource, take: TakeBatch) {
    this.#files = files;
    this.#take = take;
  }

  /** Entries are checked without waiting, so they are handed on when the next file is read. */
  readonly source: LogSource = {
    read: async (path) => {
      await this.#flush();
      const bytes = await this.#files.read(path);
      const tile = parseTilePath(path);
      if (bytes === undefined || tile?.level !== 'entries') return bytes;
      this.#from = tile.index * TILE_WIDTH;
      this.#bundle = bytes;
      return bytes;
    },
  };

  readonly checkHandover = (entry: Uint8Array, index: number): undefined => {
    if (isHandover(entry)) this.#handovers.push({ index, entry: entry.slice() });
  };

  readonly checkEntry = (
    bytes: Uint8Array,
    index: number,
    leaf: Uint8Array,
  ): string | undefined => {
    if (this.#complaint !== undefined) return this.#complaint;
    this.checkHandover(bytes, index);
    const read = isHandover(bytes) ? null : parseEntry(bytes);
    if (read?.ok === false) return read.error;
    this.#entries.push(read === null ? null : read.value);
    this.#leaves.push(leaf);
    return undefined;
  };

  /** What the receiver refuses comes before whatever is wrong with later files. */
  async end(verified: Result<LogReport>): Promise<Result<Seen>> {
    await this.#flush();
    if (this.#complaint !== undefined) {
      return { ok: false, error: { code: 'refused', message: this.#complaint } };
    }
    if (!verified.ok) return verified;
    const { tileCount } = verified.value;
    return { ok: true, value: { tileCount, handovers: this.#handovers } };
  }

  async #flush(): Promise<void> {
    if (this.#entries.length === 0 || this.#complaint !== undefined) return;
    const [entries, leaves] = [this.#entries, this.#leaves];
    [this.#entries, this.#leaves] = [[], []];
    const batch = { from: this.#from, bundle: this.#bundle, entries, leaves };
    this.#complaint = await this.#take(batch);
  }
}
