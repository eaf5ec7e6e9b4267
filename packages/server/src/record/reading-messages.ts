import type { Entry, Opened } from '@plumbline/core';
import { HASH_BYTES, isHandover, parseBundle, type Result } from '@plumbline/ledger';

import type { Where } from './offline.ts';
import type { ReadBatch, ReadJob, Seen } from './read-log.ts';

/** What a thread that reads a log is started with: where, and which of the logs there. */
export type ThreadJob = {
  readonly where: Where;
  /** The number of a rolled log, or null: the one that is written. */
  readonly rolled: number | null;
  readonly job: ReadJob;
};

/** What the thread tells: entries, and at the end what came of the files, or why it failed. */
export type ThreadSaid =
  | { readonly kind: 'entries'; readonly packed: PackedBatch }
  | { readonly kind: 'end'; readonly seen: Result<Seen> }
  | { readonly kind: 'offline'; readonly place: string; readonly message: string };

/** Entries as they go from thread to thread: bytes, which are handed over and not copied. */
export type PackedBatch = {
  readonly from: number;
  readonly count: number;
  readonly bundle: Uint8Array<ArrayBuffer>;
  readonly leaves: Uint8Array<ArrayBuffer>;
  /** What was opened, or null where the receiver opens. */
  readonly opened: PackedTexts | null;
};

/** Texts behind each other. A length of -1 is one that is not opened. */
export type PackedTexts = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lengths: Int32Array<ArrayBuffer>;
  /** Why what is broken is. */
  readonly broken: ReadonlyMap<number, string>;
};

/** A batch with what was opened, where the thread that read it opened it. */
export type TakenBatch = ReadBatch & { readonly opened: readonly Opened[] | null };

/** Returns a batch as it is sent. */
export function packBatch(batch: ReadBatch, opened: PackedTexts | null): PackedBatch {
  const leaves = new Uint8Array(batch.leaves.length * HASH_BYTES);
  for (const [at, leaf] of batch.leaves.entries()) leaves.set(leaf, at * HASH_BYTES);
  const { from, entries } = batch;
  return { from, count: entries.length, bundle: ownBytes(batch.bundle), leaves, opened };
}

/** Returns what of a batch is handed over. */
export function transferOf({ bundle, leaves, opened }: PackedBatch): readonly ArrayBuffer[] {
  const texts = opened === null ? [] : [opened.bytes.buffer, opened.lengths.buffer];
  return [bundle.buffer, leaves.buffer, ...texts];
}

/** Returns a batch as it was sent. */
export function unpackBatch(packed: PackedBatch): TakenBatch {
  const { from, count, bundle, leaves, opened } = packed;
  const read = parseBundle(bundle, count, true);
  if (!read.ok) throw new Error(`bug: a bundle that was read: ${read.error.message}`);
  return {
    from,
    bundle,
    entries: read.value.map(entryOf),
    leaves: read.value.map((_, at) => leaves.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)),
    opened: opened === null ? null : unpackTexts(opened),
  };
}

/** Returns what was opened as it is sent. */
export function packTexts(opened: readonly (Uint8Array | Opened)[]): PackedTexts {
  const broken = new Map<number, string>();
  const lengths = new Int32Array(opened.length).fill(-1);
  let size = 0;
  for (const [at, each] of opened.entries()) {
    if (each instanceof Uint8Array) {
      lengths[at] = each.length;
      size += each.length;
    } else if (each.kind === 'broken') broken.set(at, each.why);
  }
  const bytes = new Uint8Array(size);
  let end = 0;
  for (const each of opened) {
    if (!(each instanceof Uint8Array)) continue;
    bytes.set(each, end);
    end += each.length;
  }
  return { bytes, lengths, broken };
}

function unpackTexts({ bytes, lengths, broken }: PackedTexts): readonly Opened[] {
  const all = Buffer.from(bytes.buffer);
  const opened: Opened[] = [];
  let end = 0;
  for (const [at, length] of lengths.entries()) {
    const why = broken.get(at);
    if (length < 0) {
      opened.push(why === undefined ? { kind: 'closed' } : { kind: 'broken', why });
    } else {
      opened.push({ kind: 'opened', text: all.toString('utf8', end, end + length) });
      end += length;
    }
  }
  return opened;
}

function entryOf(bytes: Uint8Array): Entry | null {
  if (isHandover(bytes)) return null;
  const { buffer, byteOffset, length } = bytes;
  // The thread that sent it read it strictly.
  return JSON.parse(Buffer.from(buffer, byteOffset, length).toString('utf8')) as Entry;
}

/** Small files are read into memory that they share with others, which cannot be handed over. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
    ? new Uint8Array(buffer)
    : Uint8Array.from(bytes);
}
