import { crc32c, crc32cOver } from './crc32c.ts';

/*
 * A segment file:
 *
 *   header   magic `PLUMBWAL` ‖ version u32 ‖ crc u32 ‖ first index u64 ‖ id[16] ‖ previous id[16]
 *            ‖ zeros up to HEADER_BYTES
 *   batch*   magic `PBAT` ‖ crc u32 ‖ first index u48 ‖ zero u16 ‖ records u32 ‖ bytes u32
 *            ‖ record*
 *   record   crc u32 ‖ length u16 ‖ entry
 *   zeros, or what the file held when it was another segment
 *
 * Numbers are big-endian. The id is random: it goes into every crc of the segment, as does the
 * offset of a batch or the index of a record, so that no byte of the file's earlier lives, and no
 * byte an agent may have put into an entry, is taken for a batch. Every batch is written after all
 * before it are synced: a batch that can be read says that everything before it was acknowledged.
 */
export const HEADER_BYTES = 4096;
export const FRAME_BYTES = 24;
export const RECORD_BYTES = 6;
export const MAX_ENTRY_BYTES = 65_535;
export const ID_BYTES = 16;
export const FORMAT_VERSION = 1;

const HEADER_MAGIC = Buffer.from('PLUMBWAL');
const FRAME_MAGIC = Buffer.from('PBAT');
const USED_HEADER_BYTES = 64;

export type Header = {
  readonly first: number;
  readonly id: Uint8Array;
  /** The id of the segment before; zeros in the first. */
  readonly previous: Uint8Array;
};

/** What a batch says of itself: the records, and how many bytes they take. */
export type Frame = { readonly first: number; readonly count: number; readonly length: number };

/** Bytes of a segment from an offset on, with the function that hashes them. */
export type Window = {
  readonly bytes: Buffer;
  readonly base: number;
  readonly seed: number;
  readonly crc: ReturnType<typeof crc32cOver>;
};

/** Returns the header of a segment, HEADER_BYTES long. */
export function encodeHeader({ first, id, previous }: Header): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  HEADER_MAGIC.copy(bytes, 0);
  bytes.writeUInt32BE(FORMAT_VERSION, 8);
  bytes.writeBigUInt64BE(BigInt(first), 16);
  bytes.set(id, 24);
  bytes.set(previous, 40);
  bytes.writeInt32BE(headerCrc(bytes), 12);
  return bytes;
}

/** Reads the header of a segment; `damaged` when it is none, `version` when another wrote it. */
export function decodeHeader(bytes: Buffer): Header | 'damaged' | 'version' {
  if (bytes.length < HEADER_BYTES) return 'damaged';
  if (HEADER_MAGIC.compare(bytes, 0, 8) !== 0) return 'damaged';
  if (bytes.readInt32BE(12) !== headerCrc(bytes)) return 'damaged';
  if (bytes.readUInt32BE(8) !== FORMAT_VERSION) return 'version';
  return {
    first: Number(bytes.readBigUInt64BE(16)),
    id: Uint8Array.from(bytes.subarray(24, 40)),
    previous: Uint8Array.from(bytes.subarray(40, 56)),
  };
}

/** Returns what the id of a segment adds to every crc in it. */
export function seedOf(id: Uint8Array): number {
  return crc32c(id) | 0;
}

/** Returns a window on bytes that stand at an offset of a segment. */
export function windowOn(bytes: Uint8Array, base: number, seed: number): Window {
  const own = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes: own, base, seed, crc: crc32cOver(own) };
}

/** Writes the frame of a batch at the start of its bytes. */
export function writeFrame(window: Window, { first, count, length }: Frame): void {
  const { bytes } = window;
  FRAME_MAGIC.copy(bytes, 0);
  bytes.writeUIntBE(first, 8, 6);
  bytes.writeUInt16BE(0, 14);
  bytes.writeUInt32BE(count, 16);
  bytes.writeUInt32BE(length, 20);
  bytes.writeInt32BE(frameCrc(window, 0), 4);
}

/** Returns the frame at a position of a window, or undefined when none stands there. */
export function readFrame(window: Window, at: number): Frame | undefined {
  const { bytes } = window;
  if (at + FRAME_BYTES > bytes.length) return undefined;
  if (FRAME_MAGIC.compare(bytes, at, at + 4) !== 0) return undefined;
  if (bytes.readInt32BE(at + 4) !== frameCrc(window, at)) return undefined;
  return {
    first: bytes.readUIntBE(at + 8, 6),
    count: bytes.readUInt32BE(at + 16),
    length: bytes.readUInt32BE(at + 20),
  };
}

/** Returns the position of the next frame in a window, or -1. */
export function findFrame(window: Window, from: number): number {
  let at = window.bytes.indexOf(FRAME_MAGIC, from);
  while (at >= 0 && readFrame(window, at) === undefined) {
    at = window.bytes.indexOf(FRAME_MAGIC, at + 1);
  }
  return at;
}

/** Returns the entry of a record, a view, or undefined when the record does not stand there. */
export function readRecord(window: Window, at: number, index: number): Buffer | undefined {
  const { bytes } = window;
  const from = at + RECORD_BYTES;
  if (from > bytes.length) return undefined;
  const to = from + bytes.readUInt16BE(at + 4);
  if (to > bytes.length) return undefined;
  const found = ~window.crc(registerOf(window.seed, index), at + 4, to);
  return bytes.readInt32BE(at) === found ? bytes.subarray(from, to) : undefined;
}

/** Returns where the crc of a record or a batch begins, so that it stands only at its own place. */
export function registerOf(seed: number, place: number): number {
  return seed ^ (place | 0) ^ Math.imul(Math.floor(place / 2 ** 32), 0x9e3779b1);
}

function frameCrc(window: Window, at: number): number {
  return ~window.crc(registerOf(window.seed, window.base + at), at + 8, at + FRAME_BYTES);
}

function headerCrc(bytes: Buffer): number {
  const over = crc32cOver(bytes);
  return ~over(over(-1, 0, 12), 16, USED_HEADER_BYTES);
}
