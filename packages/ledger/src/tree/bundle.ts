import { type Result, fault, ok } from '../result.ts';

/** The longest entry a bundle can hold. A larger payload is stored by digest. */
export const MAX_ENTRY_BYTES = 65_535;

/** Returns entries as a bundle: each behind its length as two bytes, big-endian. */
export function encodeBundle(entries: readonly Uint8Array[]): Result<Uint8Array> {
  const bytes = new Uint8Array(entries.reduce((sum, entry) => sum + 2 + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES) {
      const message = `entry of ${entry.length} bytes, a log holds ${MAX_ENTRY_BYTES} at most`;
      return fault('malformed', `${message}: store the payload by digest`);
    }
    bytes[at] = entry.length >> 8;
    bytes[at + 1] = entry.length & 0xff;
    bytes.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return ok(bytes);
}

/**
 * Returns the first `width` entries of a bundle, as views of its bytes.
 *
 * mayHaveMore: a full bundle stands in for a partial one the log no longer keeps; otherwise bytes
 * after the last entry are a fault.
 * Source: c2sp.org/tlog-tiles, log entries.
 */
export function parseBundle(
  bytes: Uint8Array,
  width: number,
  mayHaveMore = false,
): Result<readonly Uint8Array[]> {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (entries.length < width) {
    const [high, low] = [bytes[at], bytes[at + 1]];
    const end = at + 2 + (high ?? 0) * 256 + (low ?? 0);
    if (low === undefined || end > bytes.length) {
      return fault('malformed', `bundle ends inside entry ${entries.length} of ${width}`);
    }
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return at === bytes.length || mayHaveMore
    ? ok(entries)
    : fault('malformed', `bundle has ${bytes.length - at} bytes after its ${width} entries`);
}
