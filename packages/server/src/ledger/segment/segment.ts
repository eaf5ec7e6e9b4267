import { DiskError, type DiskFile } from '../../disk/disk.ts';
import {
  FRAME_BYTES,
  HEADER_BYTES,
  readFrame,
  readRecord,
  RECORD_BYTES,
  seedOf,
  type Window,
  windowOn,
} from './format.ts';
import { type Mark, Marks } from './marks.ts';

// Holds the longest record behind the farthest mark several times over.
const READ_BYTES = 524_288;

/** A segment to be: what its records' crcs need, before there is a file. */
export type SegmentPlan = {
  readonly first: number;
  readonly id: Uint8Array;
  readonly previous: Uint8Array;
  readonly seed: number;
};

/** Returns the plan of a segment. */
export function planSegment(plan: Omit<SegmentPlan, 'seed'>): SegmentPlan {
  return { ...plan, seed: seedOf(plan.id) };
}

/** One segment file: what is durable in it, and how to read it back. */
export class Segment {
  readonly plan: SegmentPlan;
  readonly file: DiskFile;
  /** One more than the last durable entry, and where its record ends. */
  next: number;
  end: number = HEADER_BYTES;
  readonly #marks = new Marks();
  readonly #readers = new Set<Promise<unknown>>();

  constructor(plan: SegmentPlan, file: DiskFile) {
    this.plan = plan;
    this.file = file;
    this.next = plan.first;
  }

  /** Takes note of a batch that is durable. */
  extend(batch: {
    readonly marks: readonly Mark[];
    readonly next: number;
    readonly end: number;
  }): void {
    for (const mark of batch.marks) this.#marks.add(mark);
    this.next = batch.next;
    this.end = batch.end;
  }

  /** Returns at least one of the durable entries from an index on, at most `limit`. */
  async read(from: number, limit: number): Promise<readonly Uint8Array[]> {
    const mark = this.#marks.before(from);
    const { next, end } = this;
    const reading = this.file.read(mark.offset, Math.min(READ_BYTES, end - mark.offset));
    this.#readers.add(reading);
    try {
      const window = windowOn(await reading, mark.offset, this.plan.seed);
      const wanted = { from, to: Math.min(next, from + limit) };
      const entries = entriesIn(window, mark, wanted);
      if (entries.length > 0) return entries;
      const place = `entry ${from} in the segment from entry ${this.plan.first} on`;
      throw new DiskError('broken', `${place} is damaged: restart to check the log`, undefined);
    } finally {
      this.#readers.delete(reading);
    }
  }

  /** Resolves when nobody reads the file any more. */
  async unread(): Promise<void> {
    await Promise.allSettled(this.#readers);
  }

  async close(): Promise<void> {
    await this.unread();
    await this.file.close();
  }
}

/** Returns the wanted entries of a window that begins at a mark, as far as it holds them whole. */
function entriesIn(
  window: Window,
  mark: Mark,
  wanted: { readonly from: number; readonly to: number },
): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 0;
  let { index, left } = mark;
  while (index < wanted.to) {
    if (left === 0) {
      left = readFrame(window, at)?.count ?? 0;
      at += FRAME_BYTES;
      if (left === 0) break;
    }
    const entry = readRecord(window, at, index);
    if (entry === undefined) break;
    if (index >= wanted.from) entries.push(entry);
    at += RECORD_BYTES + entry.length;
    index += 1;
    left -= 1;
  }
  return entries;
}
