import type { Submission } from '../sequencer.ts';
import { crc32cOver } from './crc32c.ts';
import { FRAME_BYTES, RECORD_BYTES, registerOf, writeFrame } from './format.ts';
import type { Mark } from './marks.ts';
import { MARK_EVERY_BYTES } from './marks.ts';

/** Memory of one batch, used again and again. */
export type BatchBuffer = {
  readonly bytes: Buffer;
  readonly crc: ReturnType<typeof crc32cOver>;
};

/** Where a batch will stand: decided when its first entry comes, for the crcs depend on it. */
export type Place<S extends { readonly seed: number }> = {
  readonly segment: S;
  readonly offset: number;
  /** Bytes that the batch may take at most. */
  readonly limit: number;
  readonly first: number;
};

/** Returns memory for batches of at most that many bytes. */
export function batchBuffer(length: number): BatchBuffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  return { bytes, crc: crc32cOver(bytes) };
}

/** Entries that become durable together: already encoded, in the order in which they came. */
export class Batch<S extends { readonly seed: number }> {
  readonly place: Place<S>;
  readonly buffer: BatchBuffer;
  readonly submissions: Submission[] = [];
  readonly blobs: Uint8Array[] = [];
  readonly durable: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
  /** Bytes so far, the frame included. */
  length: number = FRAME_BYTES;
  /** Bytes of entries and blobs, as the bound of the queue counts them. */
  weight = 0;
  readonly #positions: { ordinal: number; at: number }[] = [{ ordinal: 0, at: 0 }];
  #marked = 0;

  constructor(place: Place<S>, buffer: BatchBuffer) {
    this.place = place;
    this.buffer = buffer;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.durable = promise;
    this.resolve = resolve;
    this.reject = reject;
    // Whoever waits hears of a rejection; when nobody does, the log's status still says it.
    promise.catch(() => undefined);
  }

  get end(): number {
    return this.place.offset + this.length;
  }

  hasRoomFor(entry: Uint8Array): boolean {
    return this.length + RECORD_BYTES + entry.length <= this.place.limit;
  }

  /** Returns the index of the entry. */
  add(submission: Submission, weight: number): number {
    const { bytes: entry, blobs } = submission;
    const { bytes, crc } = this.buffer;
    const index = this.place.first + this.submissions.length;
    const at = this.length;
    const end = at + RECORD_BYTES + entry.length;
    bytes[at + 4] = entry.length >>> 8;
    bytes[at + 5] = entry.length & 0xff;
    bytes.set(entry, at + RECORD_BYTES);
    const register = registerOf(this.place.segment.seed, index);
    bytes.writeInt32BE(~crc(register, at + 4, end), at);
    if (at - this.#marked >= MARK_EVERY_BYTES) this.#mark(at);
    this.length = end;
    this.weight += weight;
    this.submissions.push(submission);
    if (blobs !== undefined) this.blobs.push(...blobs);
    return index;
  }

  /** Returns what goes to the disk at the batch's offset. */
  encoded(): Buffer {
    const { place, buffer, submissions } = this;
    const count = submissions.length;
    const window = { ...buffer, base: place.offset, seed: place.segment.seed };
    writeFrame(window, { first: place.first, count, length: this.length - FRAME_BYTES });
    return buffer.bytes.subarray(0, this.length);
  }

  /** Returns where reading may begin: at the frame, and at some records. */
  marks(): readonly Mark[] {
    const { first, offset } = this.place;
    return this.#positions.map(({ ordinal, at }) => ({
      index: first + ordinal,
      offset: offset + at,
      left: at === 0 ? 0 : this.submissions.length - ordinal,
    }));
  }

  #mark(at: number): void {
    this.#marked = at;
    this.#positions.push({ ordinal: this.submissions.length, at });
  }
}
