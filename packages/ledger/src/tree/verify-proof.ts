import { equalBytes } from '../bytes.ts';
import { emptyRoot, isHash, nodeHash } from './hash.ts';
import type { Sha256 } from '../primitives.ts';

/** More hashes than any proof over a tree of 2^63 leaves can have. */
export const MAX_PROOF_HASHES = 63;

/** A claim that a leaf stands at `index` in the tree of `size` and `root`. */
export type InclusionClaim = {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

/** Returns whether an inclusion proof proves its claim. Source: RFC 9162, section 2.1.3.2. */
export function verifyInclusion(sha256: Sha256, claim: InclusionClaim): boolean {
  const { leaf, index, size, root, proof } = claim;
  if (!isPosition(index) || !isPosition(size) || index >= size) return false;
  if (!isHash(leaf) || !areHashes(proof)) return false;
  const walk = { first: index, last: size - 1 };
  let hash = leaf;
  for (const sibling of proof) {
    if (walk.last === 0) return false;
    hash = climb(walk) ? nodeHash(sha256, sibling, hash) : nodeHash(sha256, hash, sibling);
  }
  return walk.last === 0 && equalBytes(hash, root);
}

/** A claim that the tree of `size` and `root` only appended to the tree of the earlier pair. */
export type ConsistencyClaim = {
  readonly earlierSize: number;
  readonly earlierRoot: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

/**
 * Returns whether a consistency proof proves its claim. The empty tree is consistent with every
 * tree and equal trees with each other, both without any proof.
 * Source: RFC 9162, section 2.1.4.2.
 */
export function verifyConsistency(sha256: Sha256, claim: ConsistencyClaim): boolean {
  const { earlierSize, earlierRoot, size, root, proof } = claim;
  if (!isPosition(earlierSize) || !isPosition(size) || earlierSize > size) return false;
  if (!isHash(root) || !areHashes(proof)) return false;
  if (earlierSize === size) return proof.length === 0 && equalBytes(earlierRoot, root);
  if (earlierSize === 0) return proof.length === 0 && equalBytes(earlierRoot, emptyRoot(sha256));
  return verifyGrowth(sha256, claim);
}

function verifyGrowth(sha256: Sha256, claim: ConsistencyClaim): boolean {
  const { earlierSize, earlierRoot, size, root, proof } = claim;
  const walk = { first: earlierSize - 1, last: size - 1 };
  while (walk.first % 2 === 1) shift(walk);
  // A perfect earlier tree is a subtree of the later one, so the proof need not repeat its root.
  const [start, ...rest] = walk.first === 0 ? [earlierRoot, ...proof] : proof;
  if (start === undefined || proof.length === 0) return false;
  let earlier = start;
  let later = start;
  for (const sibling of rest) {
    if (walk.last === 0) return false;
    if (climb(walk)) {
      earlier = nodeHash(sha256, sibling, earlier);
      later = nodeHash(sha256, sibling, later);
    } else later = nodeHash(sha256, later, sibling);
  }
  return walk.last === 0 && equalBytes(earlier, earlierRoot) && equalBytes(later, root);
}

type Walk = { first: number; last: number };

/** Goes up to the next level that has a sibling, and returns whether that stands to the left. */
function climb(walk: Walk): boolean {
  const isLeft = walk.first % 2 === 1 || walk.first === walk.last;
  if (isLeft) while (walk.first % 2 === 0 && walk.first !== 0) shift(walk);
  shift(walk);
  return isLeft;
}

function shift(walk: Walk): void {
  walk.first = Math.floor(walk.first / 2);
  walk.last = Math.floor(walk.last / 2);
}

function isPosition(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function areHashes(proof: readonly Uint8Array[]): boolean {
  return proof.length <= MAX_PROOF_HASHES && proof.every(isHash);
}
