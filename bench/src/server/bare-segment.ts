import { close, fdatasync, open, write } from 'node:fs';
import { promisify } from 'node:util';

const FILE_BYTES = 64 * 1_024 * 1_024;
const BATCH_BYTES = 4 * 1_024 * 1_024;

type Batch = { readonly bytes: Buffer; length: number; readonly done: Done[] };
type Done = () => void;

/**
 * The lower bound of everything durable: a file whose bytes were written before, one write and one
 * `fdatasync` in flight, and whatever came meanwhile in the next. No order to keep, no hash, no
 * crc, no tree, nothing that could be read back. It begins again when the file is full.
 */
export class BareSegment {
  readonly #fd: number;
  #next: Batch = emptyBatch();
  #spare: Batch = emptyBatch();
  #offset = 0;
  #isWriting = false;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Makes the file, whole and synced. */
  static async open(path: string): Promise<BareSegment> {
    const fd = await promisify(open)(path, 'w+');
    const zeros = Buffer.alloc(BATCH_BYTES);
    for (let offset = 0; offset < FILE_BYTES; offset += BATCH_BYTES) {
      await promisify(write)(fd, zeros, 0, BATCH_BYTES, offset);
    }
    await promisify(fdatasync)(fd);
    return new BareSegment(fd);
  }

  /** Resolves when the bytes are synced. */
  append(bytes: Uint8Array): Promise<void> {
    const batch = this.#next;
    if (batch.length + bytes.length > BATCH_BYTES) throw new Error('too much at once');
    batch.bytes.set(bytes, batch.length);
    batch.length += bytes.length;
    const { promise, resolve } = Promise.withResolvers<void>();
    batch.done.push(resolve);
    if (!this.#isWriting) {
      this.#isWriting = true;
      queueMicrotask(() => {
        this.#write();
      });
    }
    return promise;
  }

  async close(): Promise<void> {
    await promisify(close)(this.#fd);
  }

  #write(): void {
    const batch = this.#next;
    [this.#next, this.#spare] = [this.#spare, batch];
    if (this.#offset + batch.length > FILE_BYTES) this.#offset = 0;
    write(this.#fd, batch.bytes, 0, batch.length, this.#offset, (writeError) => {
      if (writeError !== null) throw writeError;
      fdatasync(this.#fd, (syncError) => {
        if (syncError !== null) throw syncError;
        this.#offset += batch.length;
        this.#finish(batch);
      });
    });
  }

  #finish(batch: Batch): void {
    for (const done of batch.done) done();
    batch.done.length = 0;
    batch.length = 0;
    // Those who go on now are in the next batch.
    setImmediate(() => {
      if (this.#next.length > 0) this.#write();
      else this.#isWriting = false;
    });
  }
}

function emptyBatch(): Batch {
  return { bytes: Buffer.alloc(BATCH_BYTES), length: 0, done: [] };
}
