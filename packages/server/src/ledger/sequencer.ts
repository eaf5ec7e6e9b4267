/** One entry on its way into the log: its bytes, their leaf hash, and the blobs it names. */
export type Submission = {
  /** At most 65,535 bytes; the sequencer keeps them, the caller must not change them. */
  readonly bytes: Uint8Array;
  /** SHA-256(0x00 ‖ bytes), 32 bytes. */
  readonly leaf: Uint8Array;
  /** Each is durable under its digest before the entry is. */
  readonly blobs?: readonly Uint8Array[];
};

/** Where an entry stands, and when it may be relied on. */
export type Appended = {
  readonly index: number;
  /**
   * Resolves once the entry, everything before it and its blobs are synced. Rejects with
   * `LedgerStopped` when that can no longer happen; whether the entry is on the disk is then
   * unknown.
   */
  readonly durable: Promise<void>;
};

/** How far the log has come. All are counts of entries. */
export type LogStatus = {
  readonly origin: string;
  readonly nextIndex: number;
  readonly durableSize: number;
  readonly publishedSize: number;
  readonly checkpointAt: number | null;
  readonly stopped: string | null;
};

/**
 * The one writer of a log.
 *
 * Contract, of every implementation:
 * - `append` is synchronous and decides the order: indexes are gapless and in call order.
 * - What is queued while a sync is in flight is the next batch; there is no timer and one sync at
 *   a time.
 * - After a failed write or sync nothing more is accepted: `append` throws `LedgerStopped`, and
 *   every
 *   pending `durable` rejects with it. It never retries; a restart recovers.
 * - `append` also throws `LedgerStopped` of reason `backlog` when more than the bound is queued;
 *   nothing
 *   was accepted then, and a later call may succeed.
 * - `read` sees durable entries only.
 * - Never two roots are signed for one size, and nothing is signed that is not durable.
 */
export type Sequencer = {
  readonly append: (submission: Submission) => Appended;
  readonly status: () => LogStatus;
  /** Returns at most `limit` durable entries from an index on; fewer at the end. */
  readonly read: (from: number, limit: number) => Promise<readonly Uint8Array[]>;
  /** Returns the bytes of a blob, checked against its digest, or undefined. */
  readonly blob: (digest: string) => Promise<Uint8Array | undefined>;
  /** Returns the published checkpoint, a signed note. */
  readonly checkpoint: () => string;
  /** Publishes a checkpoint of everything that is durable when it is called. */
  readonly publish: () => Promise<void>;
  /** Is called after each batch became durable, with the durable size; must not throw or wait. */
  readonly onDurable: (listener: (durableSize: number) => void) => () => void;
  /** Publishes and closes; later calls throw `LedgerStopped` of reason `closed`. */
  readonly close: () => Promise<void>;
};

/** Why nothing more is accepted. `disk` also covers a sync that failed. */
export type StopReason = 'disk' | 'backlog' | 'closed' | 'full';

/** The log accepts nothing (for `backlog`: at the moment). The message says what to do. */
export class LedgerStopped extends Error {
  readonly reason: StopReason;

  constructor(reason: StopReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}
