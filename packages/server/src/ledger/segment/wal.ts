import type { Disk } from '../../disk/disk.ts';
import type { Appended, LedgerStopped, Submission } from '../sequencer.ts';

/**
 * The write-ahead log below a sequencer: it decides the order and makes entries durable, and keeps
 * them until tiles and a checkpoint cover them. `openWal` of `open-wal.ts` makes one.
 *
 * Contract:
 * - `append` is synchronous; indexes are gapless and in call order.
 * - One write and one sync are in flight. What is queued meanwhile is the next batch; there is no
 *   timer, and a lone append goes out in the turn it came in.
 * - All entries of a batch share one `durable` promise. A batch is on the disk whole or not at all.
 * - Blobs of a batch are durable before the batch is written.
 * - After a failed write or sync nothing more is accepted, and every pending `durable` rejects.
 * - After a crash `openWal` brings back everything that was acknowledged, and whole batches that
 *   were written and not acknowledged, in order and without a gap. It needs no repair, and may
 *   itself crash at any point.
 */
export type Wal = {
  /**
   * Throws `LedgerStopped`: `backlog` when more is queued than the bounds allow (a later call may
   * succeed), `disk` or `closed` for good. Throws a `RangeError` for an entry above 65,535 bytes,
   * and when it and its blobs alone are more than may be queued.
   */
  readonly append: (submission: Submission) => Appended;
  readonly status: () => WalStatus;
  /**
   * Returns at most `limit` durable entries from an index on, fewer at the end. The bytes are the
   * caller's. Throws a `RangeError` below `firstIndex` or above `durableSize`.
   */
  readonly read: (from: number, limit: number) => Promise<readonly Uint8Array[]>;
  /**
   * Lets go of the segments that lie wholly below an index, oldest first; the one being written
   * always stays. Rejects with a `DiskError` when one could not be removed; it is kept then, and
   * appending goes on.
   */
  readonly release: (upTo: number) => Promise<void>;
  /** Accepts nothing more, makes everything queued durable, and closes the files. */
  readonly close: () => Promise<void>;
};

/** All are counts of entries: `firstIndex` is the oldest entry still in a segment. */
export type WalStatus = {
  readonly firstIndex: number;
  readonly nextIndex: number;
  readonly durableSize: number;
  readonly stopped: LedgerStopped | null;
};

/** What became durable in one sync: the submissions from index `first` on, as they were given. */
export type DurableBatch = {
  readonly first: number;
  readonly submissions: readonly Submission[];
};

export type WalOptions = {
  readonly disk: Disk;
  /** The folder of the segments within the disk's tree, such as `segments`. */
  readonly folder: string;
  /** Puts blobs durably, each under its digest; `put` of a `blobStore` is one. */
  readonly putBlobs: (blobs: readonly Uint8Array[]) => Promise<void>;
  /**
   * How many entries tiles and the stored root already cover; 0 for a log that begins. Without any
   * segment the log begins here; with segments it must lie within them.
   */
  readonly covered: number;
  /** Size of a segment file: 131,072 up to 1,073,741,824. */
  readonly segmentBytes: number;
  /** Bounds of what is queued and not yet durable. */
  readonly queue: { readonly entries: number; readonly bytes: number };
  /** Returns that many random bytes; `randomBytes` of `node:crypto` outside of tests. */
  readonly random: (length: number) => Uint8Array;
  /**
   * Is called after each batch became durable, in order, before those who wait for it go on; must
   * not throw or wait.
   */
  readonly onDurable?: (batch: DurableBatch) => void;
};

/**
 * Why the segments cannot be continued. None of them is what a crash leaves behind.
 *
 * corrupt: an entry that had been acknowledged, or a header, is damaged.
 * gap: a segment is missing between others, or between them and what tiles cover.
 * behind: the segments end before what tiles cover; they are older than the log beside them.
 * version: another version of the program wrote them.
 */
export type WalFault = 'corrupt' | 'gap' | 'behind' | 'version';

/** The segments on the disk were refused and left as they are; the message says what to do. */
export class WalRefused extends Error {
  readonly fault: WalFault;

  constructor(fault: WalFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
