// Castagnoli's polynomial, bits reversed. Source: RFC 3720, appendix B.4.
const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;
const tables = makeTables();

/** Returns the CRC-32C of bytes as an unsigned number. */
export function crc32c(bytes: Uint8Array): number {
  return ~crc32cOver(bytes)(-1, 0, bytes.length) >>> 0;
}

/**
 * Returns a function that carries a raw register, an int32 that begins at -1 and is complemented at
 * the end, over `bytes[from..to)`. A buffer that is reused keeps its function.
 *
 * Eight bytes at a time. Source: Kounavis and Berry, "A Systematic Approach to Building High
 * Performance Software-Based CRC Generators".
 */
export function crc32cOver(
  bytes: Uint8Array,
): (register: number, from: number, to: number) => number {
  return (register, from, to) => {
    const t = tables;
    let crc = register | 0;
    let at = from;
    for (const last = to - SLICES; at <= last; at += SLICES) {
      crc ^=
        byteAt(bytes, at) |
        (byteAt(bytes, at + 1) << 8) |
        (byteAt(bytes, at + 2) << 16) |
        (byteAt(bytes, at + 3) << 24);
      crc =
        entryAt(t, 0x700 | (crc & 0xff)) ^
        entryAt(t, 0x600 | ((crc >>> 8) & 0xff)) ^
        entryAt(t, 0x500 | ((crc >>> 16) & 0xff)) ^
        entryAt(t, 0x400 | (crc >>> 24)) ^
        entryAt(t, 0x300 | byteAt(bytes, at + 4)) ^
        entryAt(t, 0x200 | byteAt(bytes, at + 5)) ^
        entryAt(t, 0x100 | byteAt(bytes, at + 6)) ^
        entryAt(t, byteAt(bytes, at + 7));
    }
    for (; at < to; at += 1) crc = entryAt(t, (crc ^ byteAt(bytes, at)) & 0xff) ^ (crc >>> 8);
    return crc;
  };
}

function byteAt(bytes: Uint8Array, at: number): number {
  // The loops above stay within the array; a check for undefined would cost a tenth of the time.
  return bytes[at] as number;
}

function entryAt(table: Int32Array, at: number): number {
  // Every index is below 8 · 256, the table's length.
  return table[at] as number;
}

function makeTables(): Int32Array {
  const made = new Int32Array(SLICES * 256);
  for (let at = 0; at < made.length; at += 1) {
    const before = at < 256 ? at : entryAt(made, at - 256);
    made[at] = at < 256 ? bitByBit(at) : entryAt(made, before & 0xff) ^ (before >>> 8);
  }
  return made;
}

function bitByBit(byte: number): number {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  return crc;
}
