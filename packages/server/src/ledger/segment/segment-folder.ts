import type { Disk, DiskFile } from '../../disk/disk.ts';
import { Turns } from '../../disk/turns.ts';
import { encodeHeader } from './format.ts';
import { Segment, type SegmentPlan } from './segment.ts';

const CHUNK_BYTES = 1_048_576;
const NAMES = 'names';
const INDEX_DIGITS = 16;
const zeros = new Uint8Array(CHUNK_BYTES);

/**
 * The files of the segments.
 *
 * INVARIANT: a name `*.seg` is given only to a file whose header is synced, and only the newest
 * segment is written; names go away oldest first, each synced before the next. So a damaged header
 * or a gap is never what a crash leaves.
 */
export class SegmentFolder {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #segmentBytes: number;
  /** Operations on names go one after the other. */
  readonly #turns = new Turns();
  #hasSpare = false;

  constructor(place: {
    readonly disk: Disk;
    readonly folder: string;
    readonly segmentBytes: number;
  }) {
    this.#disk = place.disk;
    this.#folder = place.folder;
    this.#segmentBytes = place.segmentBytes;
  }

  /** Returns the first indexes of the segments there are, ascending. */
  async list(): Promise<readonly number[]> {
    const names = await this.#disk.list(this.#folder);
    return names
      .filter((name) => /^\d{16}\.seg$/.test(name))
      .map((name) => Number(name.slice(0, INDEX_DIGITS)))
      .sort((left, right) => left - right);
  }

  path(first: number): string {
    return `${this.#folder}/${String(first).padStart(INDEX_DIGITS, '0')}.seg`;
  }

  async open(first: number): Promise<DiskFile> {
    return await this.#disk.open(this.path(first));
  }

  async sync(): Promise<void> {
    await this.#disk.syncFolder(this.#folder);
  }

  /** Has a file ready for the next segment, its room taken. */
  async prepare(): Promise<void> {
    await this.#turns.take(NAMES, async () => {
      if (this.#hasSpare) return;
      const file = await this.#filled();
      await file.close();
    });
  }

  /** Makes the next segment of the spare file. When it resolves, name and header are durable. */
  async create(plan: SegmentPlan): Promise<Segment> {
    return await this.#turns.take(NAMES, async () => {
      const file = this.#hasSpare ? await this.#disk.open(this.#spare) : await this.#filled();
      this.#hasSpare = false;
      await file.write(0, encodeHeader(plan));
      await file.sync();
      await this.#disk.rename(this.#spare, this.path(plan.first));
      await this.sync();
      return new Segment(plan, file);
    });
  }

  /** Lets go of a segment nobody reads: its file is the next spare, or removed. */
  async drop(segment: { readonly first: number; readonly size: number }): Promise<void> {
    await this.#turns.take(NAMES, async () => {
      const path = this.path(segment.first);
      const isKept = !this.#hasSpare && segment.size === this.#segmentBytes;
      if (isKept) await this.#disk.rename(path, this.#spare);
      else await this.#disk.remove(path);
      await this.sync();
      this.#hasSpare ||= isKept;
    });
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    await this.#turns.take(NAMES, () => Promise.resolve());
  }

  get #spare(): string {
    return `${this.#folder}/spare`;
  }

  /** Returns the spare file with all its bytes allocated, so that a full disk shows up here. */
  async #filled(): Promise<DiskFile> {
    const file = await this.#disk.open(this.#spare);
    try {
      await file.truncate(0);
      await zeroOut(file, 0, this.#segmentBytes);
      await file.sync();
    } catch (error) {
      // A spare that could not be made whole gives back the room it took, if the disk lets it.
      await file.truncate(0).catch(() => undefined);
      await file.close();
      throw error;
    }
    this.#hasSpare = true;
    return file;
  }
}

/** Writes zeros over a part of a file. */
export async function zeroOut(file: DiskFile, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += CHUNK_BYTES) {
    await file.write(at, zeros.subarray(0, Math.min(CHUNK_BYTES, to - at)));
  }
}
