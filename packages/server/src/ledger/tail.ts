import type { Submission } from './sequencer.ts';

/** One durable entry that is not in a bundle on the disk yet. */
export type TailEntry = { readonly bytes: Uint8Array; readonly leaf: Uint8Array };

const COMPACT_AT = 65_536;

/**
 * The durable entries that no full bundle on the disk holds, oldest first. It starts at the last
 * multiple of 256 below what is in the tree.
 */
export class Tail {
  #entries: TailEntry[] = [];
  /** How many at the front of the array are let go of already. */
  #dropped = 0;
  #start: number;
  #byteCount = 0;

  constructor(start: number) {
    this.#start = start;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#start + this.#entries.length - this.#dropped;
  }

  get byteCount(): number {
    return this.#byteCount;
  }

  push({ bytes, leaf }: Pick<Submission, 'bytes' | 'leaf'>): void {
    this.#entries.push({ bytes, leaf });
    this.#byteCount += bytes.length;
  }

  /** Returns the entries from one index up to another, which must lie within the tail. */
  slice(from: number, to: number): readonly TailEntry[] {
    const offset = this.#dropped - this.#start;
    return this.#entries.slice(from + offset, to + offset);
  }

  /** Lets go of everything below an index. */
  dropBelow(index: number): void {
    for (; this.#start < index && this.#dropped < this.#entries.length; this.#start += 1) {
      this.#byteCount -= this.#entries[this.#dropped]?.bytes.length ?? 0;
      this.#dropped += 1;
    }
    if (this.#dropped < COMPACT_AT && this.#dropped * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#dropped);
    this.#dropped = 0;
  }
}
