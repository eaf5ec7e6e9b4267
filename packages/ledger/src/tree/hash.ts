import { MAX_ENTRY_BYTES } from './bundle.ts';
import type { Sha256 } from '../primitives.ts';

/** The length of every hash in a log. */
export const HASH_BYTES = 32;

// A fresh array for each of two million inputs would cost as much as hashing them. Hashing is
// synchronous and keeps no input, so these two are never in use twice.
const leafInput = new Uint8Array(1 + MAX_ENTRY_BYTES);
const nodeInput = Uint8Array.of(1, ...new Uint8Array(2 * HASH_BYTES));

/**
 * Returns the leaf hash of an entry: SHA-256(0x00 ‖ entry). Entries are at most 65 535 bytes.
 * Source: RFC 6962, section 2.1.
 */
export function leafHash(sha256: Sha256, entry: Uint8Array): Uint8Array {
  leafInput.set(entry, 1);
  return sha256(leafInput.subarray(0, 1 + entry.length));
}

/** Returns the hash of two siblings: SHA-256(0x01 ‖ left ‖ right). Source: RFC 6962, 2.1. */
export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  // What a shorter input leaves in the array is the last input's.
  if (!isHash(left) || !isHash(right)) throw new Error('bug: only hashes have a common parent');
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  return sha256(nodeInput);
}

/** Returns the root of the empty tree: SHA-256 of nothing. */
export function emptyRoot(sha256: Sha256): Uint8Array {
  return sha256(new Uint8Array(0));
}

/**
 * Returns the root over subtrees that stand side by side, greatest first, as the binary digits of
 * a tree's size name them. At least one.
 */
export function foldPeaks(sha256: Sha256, peaks: readonly Uint8Array[]): Uint8Array {
  return peaks.reduceRight((right, left) => nodeHash(sha256, left, right));
}

/** Returns the root of a tree over leaf hashes. Source: RFC 6962, section 2.1. */
export function rootOf(sha256: Sha256, leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return emptyRoot(sha256);
  if (leaves.length === 1) return only;
  const split = splitOf(leaves.length);
  const left = rootOf(sha256, leaves.slice(0, split));
  return nodeHash(sha256, left, rootOf(sha256, leaves.slice(split)));
}

/** Returns the greatest power of two below `size`, which is at least 2. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Returns whether the bytes are one hash. */
export function isHash(bytes: Uint8Array | undefined): bytes is Uint8Array {
  return bytes?.length === HASH_BYTES;
}
