import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { c2spVectors, refusedVectors } from '../../testing/vectors.ts';
import { parseTilePath, partialTiles, tilePath, tileWidth } from './tile.ts';

test('tile paths: those of the specification, both ways', () => {
  for (const { path, ...tile } of c2spVectors.paths) {
    assert.equal(tilePath(tile), path);
    assert.deepEqual(parseTilePath(path), tile);
  }
});

test('tile paths: every tile has one path', () => {
  const tile = fc.record({
    level: fc.oneof(fc.constant('entries' as const), fc.nat(63)),
    index: fc.nat(Number.MAX_SAFE_INTEGER),
    width: fc.integer({ min: 1, max: 256 }),
  });
  fc.assert(
    fc.property(tile, (each) => assert.deepEqual(parseTilePath(tilePath(each)), { ...each })),
  );
});

test('tile paths: any other text is refused', () => {
  for (const path of refusedVectors.paths) assert.equal(parseTilePath(path), undefined, path);
});

test('partial tiles: those of the specification', () => {
  for (const { size, tiles } of c2spVectors.partialTiles) {
    assert.deepEqual(partialTiles(size), tiles);
  }
});

test('tile width: full to the left of the edge, partial at it, nothing beyond', () => {
  assert.equal(tileWidth(70_000, 0, 272), 256);
  assert.equal(tileWidth(70_000, 0, 273), 112);
  assert.equal(tileWidth(70_000, 0, 274), 0);
  assert.equal(tileWidth(70_000, 'entries', 273), 112);
  assert.equal(tileWidth(70_000, 1, 1), 17);
  assert.equal(tileWidth(70_000, 2, 0), 1);
  assert.equal(tileWidth(70_000, 3, 0), 0);
});
