import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import { makeEntries } from '../../testing/memory-log.ts';
import { nodePrimitives } from '../../testing/node-primitives.ts';
import { fromHex, goVectors } from '../../testing/vectors.ts';
import { encodeHex } from '../bytes.ts';
import { Frontier, type TileBytes } from './frontier.ts';
import { leafHash, nodeHash, rootOf } from './hash.ts';

const { sha256 } = nodePrimitives;
const leaves = makeEntries(600).map((entry) => leafHash(sha256, entry));

/** Every full tile and, after each leaf, the root and the partial tiles. */
function grow(count: number): { frontier: Frontier; full: TileBytes[] } {
  const full: TileBytes[] = [];
  const frontier = new Frontier(sha256, (each) => full.push(each));
  for (const leaf of leaves.slice(0, count)) frontier.append(leaf);
  return { frontier, full };
}

test('frontier: roots of the tree that Certificate Transparency tests with', () => {
  verifies('evidence.tlog');
  const frontier = new Frontier(sha256, () => undefined);
  for (const [size, root] of goVectors.roots.entries()) {
    assert.equal(frontier.size, size);
    assert.equal(encodeHex(frontier.root()), root);
    frontier.append(leafHash(sha256, fromHex(goVectors.leaves[size] ?? '')));
  }
});

test('frontier: agrees with the recursive definition of the root at every size', () => {
  const frontier = new Frontier(sha256, () => undefined);
  for (const [size, leaf] of leaves.entries()) {
    if (size % 7 === 0 || size % 256 < 3) {
      assert.deepEqual(frontier.root(), rootOf(sha256, leaves.slice(0, size)));
    }
    frontier.append(leaf);
  }
});

test('frontier: a tile of the level above holds the roots of full tiles below', () => {
  const { frontier, full } = grow(600);
  assert.deepEqual(
    full.map(({ tile }) => tile),
    [
      { level: 0, index: 0, width: 256 },
      { level: 0, index: 1, width: 256 },
    ],
  );
  assert.deepEqual(
    frontier.partialTiles().map(({ tile, bytes }) => [tile, bytes.length]),
    [
      [{ level: 0, index: 2, width: 88 }, 2_816],
      [{ level: 1, index: 0, width: 2 }, 64],
    ],
  );
  const [, above] = frontier.partialTiles();
  const roots = [leaves.slice(0, 256), leaves.slice(256, 512)].map((each) => rootOf(sha256, each));
  assert.equal(encodeHex(above?.bytes ?? new Uint8Array(0)), roots.map(encodeHex).join(''));
});

test('frontier: the third level appears with leaf 65,536', () => {
  const frontier = new Frontier(sha256, () => undefined);
  const leaf = new Uint8Array(32);
  for (let size = 0; size < 70_000; size += 1) frontier.append(leaf);
  assert.deepEqual(
    frontier.partialTiles().map(({ tile }) => tile),
    [
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ],
  );
  let root: Uint8Array = leaf;
  for (let height = 0; height < 16; height += 1) root = nodeHash(sha256, root, root);
  assert.deepEqual(frontier.partialTiles()[2]?.bytes, root);
});

test('frontier: resumes from its partial tiles as if it had never stopped', () => {
  for (let size = 0; size < 600; size += size > 250 && size < 260 ? 1 : 13) {
    const { frontier } = grow(size);
    const tiles = frontier.partialTiles().map(({ bytes }) => bytes);
    const full: TileBytes[] = [];
    const given = { sha256, takeFullTile: (each: TileBytes): unknown => full.push(each) };
    const resumed = Frontier.resume(given, size, tiles);
    assert.ok(resumed);
    assert.deepEqual(resumed.root(), frontier.root());
    for (const leaf of leaves.slice(size)) resumed.append(leaf);
    assert.deepEqual(resumed.root(), grow(600).frontier.root());
    assert.deepEqual(full.at(-1), size < 512 ? grow(600).full.at(-1) : undefined);
  }
});

test('frontier: does not resume from tiles of another size', () => {
  const tiles = grow(300)
    .frontier.partialTiles()
    .map(({ bytes }) => bytes);
  const given = { sha256, takeFullTile: (): void => undefined };
  assert.equal(Frontier.resume(given, 301, tiles), undefined);
  assert.equal(Frontier.resume(given, 300, tiles.slice(1)), undefined);
  assert.equal(Frontier.resume(given, 300, [...tiles, new Uint8Array(32)]), undefined);
});
