import type { Anchor, Checkpoint, KnownLog, Signer } from '@plumbline/ledger';
import type { Disk } from '../disk/disk.ts';
import type { Egress } from '../egress/egress.ts';
import type { Submission } from './sequencer.ts';

/** What a log is opened with. */
export type LogOptions = {
  readonly disk: Disk;
  /** The name of the first log; rolled over, a log is called `<origin>/<n>`. */
  readonly origin: string;
  /**
   * The signers of a log of that name: the one in force, and during a rotation its successor. Each
   * bears the name. A log is refused when the key in force is not among them.
   */
  readonly signers: (origin: string) => readonly Signer[];
  readonly clock: () => number;
  /** Returns that many random bytes. */
  readonly random: (length: number) => Uint8Array;
  readonly segmentBytes: number;
  /** Bounds of what is queued and not yet durable. */
  readonly queue: { readonly entries: number; readonly bytes: number };
  /** A checkpoint is published by itself after as many entries. */
  readonly publishEvery: number;
  /** Durable bytes that are in no bundle yet; above it appends are refused as a backlog. */
  readonly unpublishedBytes: number;
  /** Policy text that names the witnesses (c2sp.org/tlog-policy); null: none. */
  readonly witnesses: string | null;
  readonly witnessMs: number;
  /** URL of an RFC 3161 time-stamping authority; null: none. */
  readonly timestamps: string | null;
  readonly egress: Pick<Egress, 'request'>;
  /** The greatest checkpoint the operator holds where the daemon cannot write; null: none. */
  readonly anchor: Anchor | null;
  /** The same for the log and those it continues, by their names; others are left out. */
  readonly known: readonly KnownLog[];
  /** How much is recomputed at the start: the right edge of the tree, or every entry. */
  readonly check: 'edge' | 'whole';
  /** Makes the first entry of a log that continues another; needed once a log was rolled over. */
  readonly continues: ((before: Checkpoint) => Submission | Promise<Submission>) | null;
};

/** What is the same for every log unless its operator says otherwise. */
export const LOG_DEFAULTS: Pick<
  LogOptions,
  | 'segmentBytes'
  | 'queue'
  | 'publishEvery'
  | 'unpublishedBytes'
  | 'witnesses'
  | 'witnessMs'
  | 'timestamps'
  | 'anchor'
  | 'known'
  | 'check'
  | 'continues'
> = {
  segmentBytes: 64 * 1024 * 1024,
  queue: { entries: 65_536, bytes: 64 * 1024 * 1024 },
  publishEvery: 16_384,
  unpublishedBytes: 256 * 1024 * 1024,
  witnesses: null,
  witnessMs: 1_000,
  timestamps: null,
  anchor: null,
  known: [],
  check: 'edge',
  continues: null,
};
