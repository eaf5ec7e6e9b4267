import type { Random } from '@plumbline/testkit';

const SECTOR_BYTES = 512;

type Change =
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number };

/** The content of one file: what readers see, what a power cut leaves, and what lies between. */
export class SimulatedFile {
  #cache = new Image();
  #durable = new Image();
  #pending: Change[] = [];

  get size(): number {
    return this.#cache.size;
  }

  /** How many changes are not durable; `settle` takes this number back. */
  get pendingCount(): number {
    return this.#pending.length;
  }

  read(offset: number, length: number): Uint8Array {
    return this.#cache.read(offset, length);
  }

  change(change: Change): void {
    const own =
      change.kind === 'write' ? { ...change, bytes: Uint8Array.from(change.bytes) } : change;
    this.#cache.apply(own);
    this.#pending.push(own);
  }

  /** The oldest changes become durable, or are forgotten although readers still see them. */
  settle(count: number, fate: 'persisted' | 'lost'): void {
    const settled = this.#pending.splice(0, count);
    if (fate === 'persisted') for (const change of settled) this.#durable.apply(change);
  }

  /** Keeps any of the unsynced changes, whole or in part, in any order. */
  cutPower(dice: Random): void {
    const mood = dice.below(4);
    for (const change of dice.shuffled(this.#pending)) {
      if (mood === 0 || (mood > 1 && dice.chance(0.5))) this.#durable.apply(change);
      else if (mood > 1) for (const part of torn(change, dice)) this.#durable.apply(part);
    }
    this.#pending = [];
    this.#cache = this.#durable.copy();
  }
}

/** Returns what is left of a change when power fails in its middle. */
function torn(change: Change, dice: Random): readonly Change[] {
  if (change.kind === 'truncate') return [];
  const keep = dice.below(101) / 100;
  const parts: Change[] = [];
  let at = 0;
  while (at < change.bytes.length) {
    const sectorEnd = SECTOR_BYTES - ((change.offset + at) % SECTOR_BYTES);
    const length = Math.min(sectorEnd, change.bytes.length - at);
    const kept = dice.chance(0.2) ? dice.below(length) : length;
    const bytes = change.bytes.subarray(at, at + kept);
    if (dice.chance(keep)) parts.push({ kind: 'write', offset: change.offset + at, bytes });
    at += length;
  }
  return parts;
}

/** Bytes that grow; a hole reads as zeros. */
class Image {
  #bytes: Uint8Array = new Uint8Array(0);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  read(offset: number, length: number): Uint8Array {
    return this.#bytes.slice(offset, Math.min(offset + length, this.#size));
  }

  apply(change: Change): void {
    if (change.kind === 'write') {
      this.#resize(Math.max(this.#size, change.offset + change.bytes.length));
      this.#bytes.set(change.bytes, change.offset);
    } else {
      this.#resize(change.size);
    }
  }

  copy(): Image {
    const copied = new Image();
    copied.#bytes = this.#bytes.slice(0, this.#size);
    copied.#size = this.#size;
    return copied;
  }

  #resize(size: number): void {
    if (size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(size, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    if (size < this.#size) this.#bytes.fill(0, size, this.#size);
    this.#size = size;
  }
}
