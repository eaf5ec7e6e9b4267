import {
  close,
  closeSync,
  fdatasync,
  fsyncSync,
  openSync,
  readSync,
  write,
  writeSync,
  fstatSync,
} from 'node:fs';
import { hash, randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

import type { SavedHalt } from './order.ts';

/** What became of a halt that was to be saved. `full`: saved, as one of the whole fleet. */
export type Saved = 'saved' | 'full' | 'failed';

/**
 * Where halts are kept until the ledger holds them.
 *
 * Contract: `save` has resolved with `saved` or `full` once the halt is durable, also where the
 * disk is full and the log stopped; `clear` has resolved once it is durably forgotten, or rejects.
 */
export type HaltPlace = {
  /** What an earlier run latched and did not write down. */
  readonly found: readonly SavedHalt[];
  /** What is wrong with the place; null: nothing. */
  readonly damage: string | null;
  readonly save: (halt: SavedHalt) => Promise<Saved>;
  readonly clear: (id: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

const SLOT_BYTES = 4_096;
const SLOTS = 256;
/** Kept for what finds no other slot: the whole fleet is halted then. */
const LAST_RESORT = 0;
const MAGIC = 'PLH1';
const HEAD_BYTES = 16;
const CLEAN = Buffer.alloc(512);

const files = {
  write: promisify(write),
  sync: promisify(fdatasync),
  close: promisify(close),
};

/**
 * Opens the halt file, which is made with all of its bytes when it is not there, so that writing
 * in it later needs no space.
 */
export function openHaltFile(path: string): HaltPlace {
  const fd = openAt(path);
  const read = readSlots(fd);
  return new HaltFile(fd, read);
}

function openAt(path: string): number {
  try {
    return openSync(path, 'r+');
  } catch (cause) {
    if (!(cause instanceof Error) || Reflect.get(cause, 'code') !== 'ENOENT') throw cause;
  }
  const fd = openSync(path, 'wx+', 0o600);
  writeSync(fd, Buffer.alloc(SLOT_BYTES * SLOTS), 0, SLOT_BYTES * SLOTS, 0);
  fsyncSync(fd);
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
  return fd;
}

type Read = {
  readonly found: readonly { readonly halt: SavedHalt; readonly slot: number }[];
  readonly damage: string | null;
};

function readSlots(fd: number): Read {
  const bytes = Buffer.alloc(SLOT_BYTES * SLOTS);
  const size = readSync(fd, bytes, 0, bytes.length, 0);
  if (size !== bytes.length || fstatSync(fd).size !== bytes.length) {
    return { found: [], damage: `it has ${fstatSync(fd).size} bytes, not ${bytes.length}` };
  }
  const found: { readonly halt: SavedHalt; readonly slot: number }[] = [];
  let damage: string | null = null;
  for (let slot = 0; slot < SLOTS; slot += 1) {
    const part = bytes.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES);
    if (part.subarray(0, HEAD_BYTES).every((byte) => byte === 0)) continue;
    const halt = parseSlot(part);
    if (halt === null) damage ??= `slot ${slot} cannot be read`;
    else found.push({ halt, slot });
  }
  return { found, damage };
}

// A slot: the magic word, the length of the text, four bytes of its digest, and the text.
function printSlot(halt: SavedHalt): Buffer {
  const text = fitting(halt);
  const slot = Buffer.alloc(SLOT_BYTES);
  slot.write(MAGIC, 0, 'latin1');
  slot.writeUInt32BE(text.length, 4);
  slot.write(hash('sha256', text, 'hex').slice(0, 16), 8, 'hex');
  text.copy(slot, HEAD_BYTES);
  return slot;
}

// A reason is cut rather than a halt lost.
function fitting(halt: SavedHalt): Buffer {
  for (let length = halt.reason.length; ; length = Math.floor(length / 2)) {
    const text = Buffer.from(JSON.stringify({ ...halt, reason: halt.reason.slice(0, length) }));
    if (text.length <= SLOT_BYTES - HEAD_BYTES) return text;
    if (length === 0) {
      // What is stopped is too long to be named, so everything is.
      const { id, by, at, incident } = halt;
      const fleet = { agent: null, scope: 'fleet', target: '', reason: '', id, at, incident };
      return Buffer.from(JSON.stringify({ ...fleet, by: by.slice(0, 100) }));
    }
  }
}

function parseSlot(slot: Buffer): SavedHalt | null {
  const length = slot.readUInt32BE(4);
  if (slot.toString('latin1', 0, 4) !== MAGIC || length > SLOT_BYTES - HEAD_BYTES) return null;
  const text = slot.subarray(HEAD_BYTES, HEAD_BYTES + length);
  if (hash('sha256', text, 'hex').slice(0, 16) !== slot.toString('hex', 8, HEAD_BYTES)) return null;
  // Its digest says that it is what `printSlot` wrote.
  return JSON.parse(text.toString('utf8')) as SavedHalt;
}

class HaltFile implements HaltPlace {
  readonly found: readonly SavedHalt[];
  readonly damage: string | null;
  readonly #fd: number;
  readonly #slots: Map<string, number> = new Map();
  readonly #taken: Set<number> = new Set([LAST_RESORT]);
  /** What is being written in each slot: one thing after the other. */
  readonly #writing: Map<number, Promise<void>> = new Map();

  constructor(fd: number, { found, damage }: Read) {
    this.#fd = fd;
    this.damage = damage;
    const lost = damage === null ? [] : [{ halt: damagedHalt(damage), slot: LAST_RESORT }];
    const all = [...found, ...lost];
    this.found = all.map(({ halt }) => halt);
    for (const { halt, slot } of all) {
      this.#slots.set(halt.id, slot);
      this.#taken.add(slot);
    }
    if (damage !== null) this.#renew();
  }

  async save(halt: SavedHalt): Promise<Saved> {
    const slot = this.#freeSlot();
    const isLast = slot === LAST_RESORT;
    const kept = isLast ? { ...halt, agent: null, scope: 'fleet' as const, target: '' } : halt;
    this.#slots.set(halt.id, slot);
    this.#taken.add(slot);
    try {
      await this.#put(slot, printSlot(kept));
      return isLast ? 'full' : 'saved';
    } catch {
      // The ledger may still take it; the caller says so when it does not.
      return 'failed';
    }
  }

  async clear(id: string): Promise<void> {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    // Several may share the last slot; it says the same for each.
    const isShared = [...this.#slots].some(([other, taken]) => taken === slot && other !== id);
    if (!isShared) await this.#put(slot, CLEAN);
    // Only now: what could not be cleared is still there, and somebody else may clear it as well.
    if (!this.#slots.delete(id) || slot === LAST_RESORT) return;
    this.#taken.delete(slot);
  }

  async close(): Promise<void> {
    await files.close(this.#fd);
  }

  #freeSlot(): number {
    for (let slot = 1; slot < SLOTS; slot += 1) if (!this.#taken.has(slot)) return slot;
    return LAST_RESORT;
  }

  #put(slot: number, bytes: Buffer): Promise<void> {
    const act = async (): Promise<void> => {
      await files.write(this.#fd, bytes, 0, bytes.length, slot * SLOT_BYTES);
      await files.sync(this.#fd);
    };
    const before = this.#writing.get(slot) ?? Promise.resolve();
    const written = before.then(act, act);
    this.#writing.set(slot, written);
    return written;
  }

  // Written over before anything starts: the damage itself is a halt of the fleet from then on.
  #renew(): void {
    const bytes = Buffer.alloc(SLOT_BYTES * SLOTS);
    for (const halt of this.found) {
      const slot = this.#slots.get(halt.id) ?? LAST_RESORT;
      printSlot(halt).copy(bytes, slot * SLOT_BYTES);
    }
    writeSync(this.#fd, bytes, 0, bytes.length, 0);
    fsyncSync(this.#fd);
  }
}

function damagedHalt(damage: string): SavedHalt {
  const reason =
    `the halt file was damaged (${damage}), so what it said is not known: look at what was ` +
    'halted, then `plumb resume --fleet`';
  const id = `hlt_${randomBytes(16).toString('hex')}`;
  const fleet = { agent: null, scope: 'fleet', target: '', incident: null } as const;
  return { id, ...fleet, reason, by: 'kernel', at: 0 };
}
