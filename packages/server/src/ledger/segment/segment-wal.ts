import { type Appended, LedgerStopped, type Submission } from '../sequencer.ts';
import { Batch, batchBuffer, type BatchBuffer } from './batch.ts';
import { FRAME_BYTES, HEADER_BYTES, ID_BYTES, MAX_ENTRY_BYTES, RECORD_BYTES } from './format.ts';
import { planSegment, type Segment, type SegmentPlan } from './segment.ts';
import type { SegmentFolder } from './segment-folder.ts';
import type { Wal, WalOptions, WalStatus } from './wal.ts';

const MAX_BATCH_BYTES = 1_048_576;
const MAX_IDLE_BUFFERS = 4;

/** The write-ahead log over segments that were recovered; the last of them is written on. */
export class SegmentWal implements Wal {
  readonly #options: WalOptions;
  readonly #folder: SegmentFolder;
  readonly #segments: Segment[];
  readonly #queue: Batch<SegmentPlan>[] = [];
  readonly #idle: BatchBuffer[] = [];
  /** Where the next batch begins. */
  #plan: SegmentPlan;
  #planEnd: number;
  #next: number;
  #durable: number;
  #waitingEntries = 0;
  #waitingBytes = 0;
  #stopped: LedgerStopped | null = null;
  /** Settled when nothing is queued or in flight. */
  #writing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #releasing: Promise<void> = Promise.resolve();

  constructor(options: WalOptions, folder: SegmentFolder, segments: readonly Segment[]) {
    const last = segments.at(-1);
    if (last === undefined) throw new Error('bug: a write-ahead log has at least one segment');
    this.#options = options;
    this.#folder = folder;
    this.#segments = [...segments];
    this.#plan = last.plan;
    this.#planEnd = last.end;
    this.#next = last.next;
    this.#durable = last.next;
  }

  append(submission: Submission): Appended {
    const { bytes } = submission;
    if (bytes.length > MAX_ENTRY_BYTES) {
      throw new RangeError(`an entry of ${bytes.length} bytes: at most ${MAX_ENTRY_BYTES}`);
    }
    if (this.#stopped !== null) throw this.#stopped;
    const weight = weightOf(submission);
    this.#requireRoom(weight);
    const batch = this.#batchFor(bytes);
    const index = batch.add(submission, weight);
    this.#planEnd = batch.end;
    this.#next = index + 1;
    this.#waitingEntries += 1;
    this.#waitingBytes += weight;
    this.#writing ??= this.#write();
    return { index, durable: batch.durable };
  }

  status(): WalStatus {
    const firstIndex = this.#segments[0]?.plan.first ?? this.#durable;
    const stopped = this.#stopped;
    return { firstIndex, nextIndex: this.#next, durableSize: this.#durable, stopped };
  }

  async read(from: number, limit: number): Promise<readonly Uint8Array[]> {
    const { firstIndex, durableSize } = this.status();
    if (from < firstIndex || from > durableSize) {
      const held = `the segments hold ${firstIndex} up to ${durableSize}`;
      throw new RangeError(`entry ${from} cannot be read: ${held}`);
    }
    const entries: Uint8Array[] = [];
    const to = Math.min(durableSize, from + limit);
    while (from + entries.length < to) {
      const index = from + entries.length;
      const segment = this.#segments.findLast(({ plan }) => plan.first <= index);
      if (segment === undefined) break;
      entries.push(...(await segment.read(index, to - index)));
    }
    return entries;
  }

  async release(upTo: number): Promise<void> {
    const release = (): Promise<void> => this.#release(upTo);
    const mine = this.#releasing.then(release, release);
    this.#releasing = mine;
    await mine;
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  #requireRoom(weight: number): void {
    const { entries, bytes } = this.#options.queue;
    if (weight > bytes) {
      throw new RangeError(`${weight} bytes of entry and blobs: at most ${bytes} may be queued`);
    }
    if (this.#waitingEntries < entries && this.#waitingBytes + weight <= bytes) return;
    const waiting = `${this.#waitingEntries} entries of ${this.#waitingBytes} bytes`;
    throw new LedgerStopped('backlog', `${waiting} wait for the disk: try again in a moment`);
  }

  /** Returns the batch an entry goes into: the youngest that waits, or another behind it. */
  #batchFor(entry: Uint8Array): Batch<SegmentPlan> {
    const youngest = this.#queue.at(-1);
    if (youngest?.hasRoomFor(entry) === true) return youngest;
    const atLeast = FRAME_BYTES + RECORD_BYTES + entry.length;
    const { segmentBytes, random } = this.#options;
    if (this.#planEnd + atLeast > segmentBytes) {
      const previous = this.#plan.id;
      this.#plan = planSegment({ first: this.#next, id: random(ID_BYTES), previous });
      this.#planEnd = HEADER_BYTES;
    }
    const offset = this.#planEnd;
    const limit = Math.min(MAX_BATCH_BYTES, segmentBytes - offset);
    const place = { segment: this.#plan, offset, limit, first: this.#next };
    const batch = new Batch(place, this.#idle.pop() ?? batchBuffer(this.#bufferBytes));
    this.#queue.push(batch);
    return batch;
  }

  get #bufferBytes(): number {
    return Math.min(MAX_BATCH_BYTES, this.#options.segmentBytes - HEADER_BYTES);
  }

  /** Writes batch after batch until none waits. */
  async #write(): Promise<void> {
    await allWhoAreReady();
    for (let batch = this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
      try {
        await this.#commit(batch);
      } catch (error) {
        this.#stop(batch, error);
        break;
      }
      this.#settle(batch);
      await allWhoAreReady();
    }
    this.#writing = undefined;
  }

  async #commit(batch: Batch<SegmentPlan>): Promise<void> {
    if (batch.blobs.length > 0) await this.#options.putBlobs(batch.blobs);
    const { segment: plan, offset } = batch.place;
    const current = this.#segments.at(-1);
    const segment = current?.plan === plan ? current : await this.#folder.create(plan);
    if (segment !== current) this.#segments.push(segment);
    await segment.file.writeThrough(offset, batch.encoded());
    const next = batch.place.first + batch.submissions.length;
    segment.extend({ marks: batch.marks(), next, end: batch.end });
  }

  /** Tells everybody that a batch is durable; its memory serves the next. */
  #settle(batch: Batch<SegmentPlan>): void {
    const { submissions, place, weight, buffer } = batch;
    this.#durable = place.first + submissions.length;
    this.#waitingEntries -= submissions.length;
    this.#waitingBytes -= weight;
    if (this.#idle.length < MAX_IDLE_BUFFERS) this.#idle.push(buffer);
    this.#prepareAhead(place.offset, batch.end);
    batch.resolve();
    this.#options.onDurable?.({ first: place.first, submissions });
  }

  /** From its half on, a segment has its successor made ready. */
  #prepareAhead(before: number, end: number): void {
    const half = this.#options.segmentBytes / 2;
    if (before > half || end <= half) return;
    // Whoever needs the file tries again, and there a failure stops the log.
    this.#folder.prepare().catch(() => undefined);
  }

  #stop(failed: Batch<SegmentPlan>, cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `the ledger stopped: ${why}; nothing more is accepted until a restart`;
    this.#stopped = new LedgerStopped('disk', message, cause);
    for (const batch of [failed, ...this.#queue.splice(0)]) batch.reject(this.#stopped);
  }

  async #release(upTo: number): Promise<void> {
    for (;;) {
      const [oldest, second] = this.#segments;
      if (oldest === undefined || second === undefined || second.plan.first > upTo) return;
      this.#segments.shift();
      try {
        await oldest.unread();
        const size = await oldest.file.size();
        await this.#folder.drop({ first: oldest.plan.first, size });
      } catch (error) {
        this.#segments.unshift(oldest);
        throw error;
      }
      await oldest.close();
    }
  }

  async #close(): Promise<void> {
    this.#stopped ??= new LedgerStopped('closed', 'the ledger is closed');
    await this.#writing;
    await this.#releasing.catch(() => undefined);
    await this.#folder.idle();
    await Promise.all(this.#segments.map((segment) => segment.close()));
  }
}

function weightOf({ bytes, blobs }: Submission): number {
  let weight = bytes.length;
  if (blobs !== undefined) for (const blob of blobs) weight += blob.length;
  return weight;
}

/**
 * Resolves when everything that can go on without the outside world has done so: whoever waited for
 * the last batch has appended again, and all of them go into one batch.
 */
function allWhoAreReady(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
