import { equalBytes } from '../bytes.ts';
import { Frontier, type TileBytes } from './frontier.ts';
import { leafHash } from './hash.ts';
import type { Sha256 } from '../primitives.ts';
import { type Result, fault, ok } from '../result.ts';
import { type LogSource, readBundle, readTile } from './source.ts';
import { TILE_WIDTH, tilePath } from './tile.ts';

/** A root at a size. As an anchor: one the verifier holds from elsewhere, such as a known log. */
export type Anchor = { readonly size: number; readonly root: Uint8Array };

/** What to verify, and against what. */
export type LogClaim = {
  readonly source: LogSource;
  /** Its signatures are the caller's to check. */
  readonly checkpoint: Anchor;
  /** Each must be a prefix of the log. Without any, a rewritten log cannot be told. */
  readonly anchors: readonly Anchor[];
  /**
   * Sees every entry in order, before the root is known to be right, and may complain: chains,
   * signatures and recomputed decisions are checked here. The bytes must not be changed. `leaf` is
   * the leaf hash of the entry.
   */
  readonly checkEntry?: (entry: Uint8Array, index: number, leaf: Uint8Array) => string | undefined;
};

/** What was recomputed. */
export type LogReport = {
  readonly entryCount: number;
  readonly tileCount: number;
  readonly anchorCount: number;
};

/**
 * Recomputes a whole log from its entry bundles, and compares every tile, every anchor and the
 * root of the checkpoint with what comes out.
 *
 * Returns what was compared, or the first fault: `rolled-back` and `forked` against an anchor,
 * `missing`, `malformed` and `mismatch` of a file, `refused` by `checkEntry`.
 */
export async function verifyLog(sha256: Sha256, claim: LogClaim): Promise<Result<LogReport>> {
  const { source, checkpoint } = claim;
  const ahead = claim.anchors.find(({ size }) => size > checkpoint.size);
  if (ahead !== undefined) {
    const message = `log has ${checkpoint.size} entries, was seen with ${ahead.size}`;
    return fault('rolled-back', message);
  }
  const filled: TileBytes[] = [];
  const frontier = new Frontier(sha256, (full) => filled.push(full));
  let tileCount = 0;
  for (let index = 0; frontier.size < checkpoint.size; index += 1) {
    const bundle = await readBundle(source, { index, size: checkpoint.size });
    if (!bundle.ok) return bundle;
    const grown = growBy(frontier, bundle.value, { sha256, claim });
    if (!grown.ok) return grown;
    const tiles = filled.splice(0);
    const compared = await compareTiles(claim, tiles);
    if (!compared.ok) return compared;
    tileCount += tiles.length;
  }
  const partial = frontier.partialTiles();
  const compared = await compareTiles(claim, partial);
  if (!compared.ok) return compared;
  const met = checkAnchors(frontier, claim.anchors);
  if (!met.ok) return met;
  if (!equalBytes(frontier.root(), checkpoint.root)) {
    return fault('mismatch', 'entries do not hash to the root of the checkpoint');
  }
  return ok({
    entryCount: checkpoint.size,
    tileCount: tileCount + partial.length,
    anchorCount: claim.anchors.length,
  });
}

/** Appends the entries of one bundle, stopping at every anchor on the way. */
function growBy(
  frontier: Frontier,
  entries: readonly Uint8Array[],
  { sha256, claim }: { readonly sha256: Sha256; readonly claim: LogClaim },
): Result<undefined> {
  const end = frontier.size + entries.length;
  const anchors = claim.anchors.filter(({ size }) => size >= frontier.size && size < end);
  for (const entry of entries) {
    const met = anchors.length === 0 ? ok(undefined) : checkAnchors(frontier, anchors);
    if (!met.ok) return met;
    const leaf = leafHash(sha256, entry);
    const complaint = claim.checkEntry?.(entry, frontier.size, leaf);
    if (complaint !== undefined) return fault('refused', `entry ${frontier.size}: ${complaint}`);
    frontier.append(leaf);
  }
  return ok(undefined);
}

function checkAnchors(frontier: Frontier, anchors: readonly Anchor[]): Result<undefined> {
  const isForked = anchors.some(
    ({ size, root }) => size === frontier.size && !equalBytes(frontier.root(), root),
  );
  return isForked
    ? fault('forked', `the first ${frontier.size} entries are not those seen before`)
    : ok(undefined);
}

async function compareTiles(
  { source, checkpoint: { size } }: LogClaim,
  tiles: readonly TileBytes[],
): Promise<Result<undefined>> {
  for (const { tile, bytes } of tiles) {
    if (tile.level === 'entries') throw new Error('bug: a frontier grows tiles of hashes');
    const { level, index } = tile;
    const read = await readTile(source, { level, index, size });
    if (!read.ok) return read;
    if (equalBytes(read.value, bytes)) continue;
    const at = firstDifference(read.value, bytes);
    const place = level === 0 ? `, entry ${index * TILE_WIDTH + at}` : '';
    return fault('mismatch', `${tilePath(tile)}: hash ${at}${place} is not that of its entries`);
  }
  return ok(undefined);
}

function firstDifference(left: Uint8Array, right: Uint8Array): number {
  return Math.floor(left.findIndex((byte, at) => byte !== right[at]) / 32);
}
