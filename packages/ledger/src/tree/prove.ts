import { foldPeaks, HASH_BYTES, rootOf, splitOf } from './hash.ts';
import type { Sha256 } from '../primitives.ts';
import { type Result, fault, ok } from '../result.ts';
import { type LogSource, readTile } from './source.ts';
import { TILE_WIDTH } from './tile.ts';

/** The tree to prove in: its tiles, and its size as a checkpoint states it. */
export type Tree = {
  readonly sha256: Sha256;
  readonly source: LogSource;
  readonly size: number;
};

/** Leaves from `from` up to, and without, `to`. */
type Span = { readonly from: number; readonly to: number };

/**
 * Returns the inclusion proof of the leaf at `index`, from the leaf's sibling upwards.
 *
 * Tiles are taken as they are: a proof from wrong tiles fails `verifyInclusion`.
 * Errors: `missing` and `malformed` tiles, `malformed` for an index beyond the tree.
 * Source: RFC 6962, section 2.1.1.
 */
export async function proveInclusion(
  tree: Tree,
  index: number,
): Promise<Result<readonly Uint8Array[]>> {
  if (!isWithin(index, tree.size - 1)) {
    return fault('malformed', `no entry ${index} in a log of ${tree.size} entries`);
  }
  const siblings: Span[] = [];
  let [from, to] = [0, tree.size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    siblings.unshift(index < middle ? { from: middle, to } : { from, to: middle });
    if (index < middle) to = middle;
    else from = middle;
  }
  return hashSpans(tree, siblings);
}

/**
 * Returns the proof that the tree only appended to its own first `earlierSize` leaves; empty when
 * that is none of them or all of them.
 *
 * Errors: as `proveInclusion`.
 * Source: RFC 6962, section 2.1.2.
 */
export async function proveConsistency(
  tree: Tree,
  earlierSize: number,
): Promise<Result<readonly Uint8Array[]>> {
  if (!isWithin(earlierSize, tree.size)) {
    return fault('malformed', `a log of ${tree.size} entries never grew from ${earlierSize}`);
  }
  if (earlierSize === 0) return ok([]);
  const spans: Span[] = [];
  let [from, to] = [0, tree.size];
  while (earlierSize < to) {
    const middle = from + splitOf(to - from);
    spans.unshift(earlierSize <= middle ? { from: middle, to } : { from, to: middle });
    if (earlierSize <= middle) to = middle;
    else from = middle;
  }
  // A span from the first leaf on is the earlier tree itself, whose root the verifier has.
  return hashSpans(tree, from === 0 ? spans : [{ from, to }, ...spans]);
}

async function hashSpans(
  tree: Tree,
  spans: readonly Span[],
): Promise<Result<readonly Uint8Array[]>> {
  const hashes: Uint8Array[] = [];
  for (const span of spans) {
    const hash = await hashSpan(tree, span);
    if (!hash.ok) return hash;
    hashes.push(hash.value);
  }
  return ok(hashes);
}

/** The root over a span that a proof names: only its last subtree can be less than perfect. */
async function hashSpan(tree: Tree, { from, to }: Span): Promise<Result<Uint8Array>> {
  const peaks: Uint8Array[] = [];
  for (let at = from; at < to;) {
    let height = 0;
    while (at + 2 ** (height + 1) <= to && at % 2 ** (height + 1) === 0) height += 1;
    const peak = await hashSubtree(tree, at, height);
    if (!peak.ok) return peak;
    peaks.push(peak.value);
    at += 2 ** height;
  }
  return ok(foldPeaks(tree.sha256, peaks));
}

/** The root of 2^height leaves from `from` on, out of the tile that stands highest below it. */
async function hashSubtree(tree: Tree, from: number, height: number): Promise<Result<Uint8Array>> {
  const level = Math.floor(height / 8);
  const first = from / TILE_WIDTH ** level;
  const index = Math.floor(first / TILE_WIDTH);
  const tile = await readTile(tree.source, { level, index, size: tree.size });
  if (!tile.ok) return tile;
  const hashes: Uint8Array[] = [];
  for (let at = first % TILE_WIDTH; hashes.length < 2 ** (height - 8 * level); at += 1) {
    hashes.push(tile.value.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
  }
  return ok(rootOf(tree.sha256, hashes));
}

function isWithin(value: number, last: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= last;
}
