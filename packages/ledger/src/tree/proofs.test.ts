import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import { makeEntries, sourceOf, writeTree } from '../../testing/memory-log.ts';
import { nodePrimitives } from '../../testing/node-primitives.ts';
import { fromHex, goVectors } from '../../testing/vectors.ts';
import { encodeHex } from '../bytes.ts';
import { leafHash } from './hash.ts';
import { proveConsistency, proveInclusion, type Tree } from './prove.ts';
import type { Result } from '../result.ts';
import { verifyConsistency, verifyInclusion } from './verify-proof.ts';

const { sha256 } = nodePrimitives;
const classic = goVectors.leaves.map(fromHex);

function valueOf<T>(result: Result<T>): T {
  assert.ok(result.ok);
  return result.value;
}

function treeOf(entries: readonly Uint8Array[]): Tree & { readonly root: Uint8Array } {
  const { source, root } = writeTree(sha256, entries);
  return { sha256, source, size: entries.length, root };
}

/** Every proof with one bit of one hash the other way round, and every proof of wrong length. */
function* spoiled(proof: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  for (const [at, hash] of proof.entries()) {
    for (let bit = 0; bit < 256; bit += 1) {
      const flipped = Uint8Array.from(hash);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      yield proof.with(at, flipped);
    }
    yield proof.toSpliced(at, 1);
    yield proof.toSpliced(at, 0, hash);
    yield proof.with(at, hash.subarray(1));
    yield proof.with(at, hash.subarray(0, 31));
    yield proof.with(at, new Uint8Array(0));
    yield proof.with(at, Uint8Array.of(...hash, 0));
    if (at > 0) yield proof.toSpliced(at - 1, 2, hash, proof[at - 1] ?? hash);
  }
  yield [...proof, new Uint8Array(32)];
}

test('inclusion: proves as the Go libraries do, and verifies', async () => {
  verifies('evidence.tlog');
  for (const { from, size, hashes } of goVectors.inclusion) {
    const tree = treeOf(classic.slice(0, size));
    const proof = valueOf(await proveInclusion(tree, from));
    assert.deepEqual(proof.map(encodeHex), hashes);
    const leaf = leafHash(sha256, classic[from] ?? new Uint8Array(0));
    const claim = { leaf, index: from, size, root: tree.root, proof };
    assert.ok(verifyInclusion(sha256, claim));
    assert.ok(!verifyInclusion(sha256, { ...claim, leaf: leafHash(sha256, fromHex('ff')) }));
    for (const index of [-1, 0.5, Number.NaN, size, from + 1]) {
      assert.ok(!verifyInclusion(sha256, { ...claim, index }), `index ${index}`);
    }
  }
});

test('consistency: proves as the Go libraries do, and verifies', async () => {
  verifies('evidence.tlog');
  for (const { from, size, hashes } of goVectors.consistency) {
    const tree = treeOf(classic.slice(0, size));
    const proof = valueOf(await proveConsistency(tree, from));
    assert.deepEqual(proof.map(encodeHex), hashes);
    const earlierRoot = fromHex(goVectors.roots[from] ?? '');
    const claim = { earlierSize: from, earlierRoot, size, root: tree.root, proof };
    assert.ok(verifyConsistency(sha256, claim));
    for (const earlierSize of [-1, 0, from - 1, from + 1, size + 1, 0.5, Number.NaN]) {
      assert.ok(!verifyConsistency(sha256, { ...claim, earlierSize }), `from ${earlierSize}`);
    }
    for (const root of goVectors.roots.map(fromHex)) {
      const isRight = encodeHex(root) === goVectors.roots[size];
      assert.equal(verifyConsistency(sha256, { ...claim, root }), isRight);
      const isEarlier = encodeHex(root) === goVectors.roots[from];
      assert.equal(verifyConsistency(sha256, { ...claim, earlierRoot: root }), isEarlier);
    }
  }
});

test('inclusion: no flipped bit, lost, doubled or swapped hash passes', () => {
  for (const { from, size, hashes } of goVectors.inclusion) {
    const leaf = leafHash(sha256, classic[from] ?? new Uint8Array(0));
    const root = fromHex(goVectors.roots[size] ?? '');
    const claim = { leaf, index: from, size, root };
    assert.ok(verifyInclusion(sha256, { ...claim, proof: hashes.map(fromHex) }));
    for (const proof of spoiled(hashes.map(fromHex))) {
      assert.ok(!verifyInclusion(sha256, { ...claim, proof }));
    }
  }
});

test('consistency: no flipped bit, lost, doubled or swapped hash passes', () => {
  for (const { from, size, hashes } of goVectors.consistency) {
    const earlierRoot = fromHex(goVectors.roots[from] ?? '');
    const root = fromHex(goVectors.roots[size] ?? '');
    for (const proof of spoiled(hashes.map(fromHex))) {
      const claim = { earlierSize: from, earlierRoot, size, root, proof };
      assert.ok(!verifyConsistency(sha256, claim));
    }
  }
});

test('proofs: a root that does not belong to the size it claims is refused', () => {
  const [first, second] = classic.slice(0, 2).map((entry) => leafHash(sha256, entry));
  assert.ok(first && second);
  const two = fromHex(goVectors.roots[2] ?? '');
  const inclusion = { leaf: first, index: 0, root: two, proof: [second] };
  assert.ok(verifyInclusion(sha256, { ...inclusion, size: 2 }));
  assert.ok(!verifyInclusion(sha256, { ...inclusion, size: 1 }));
  assert.ok(!verifyInclusion(sha256, { ...inclusion, size: 4 }));
  const swapped = { leaf: second, index: 0, root: two, size: 1, proof: [first] };
  assert.ok(!verifyInclusion(sha256, swapped));
  const shrunk = { earlierSize: 3, earlierRoot: first, size: 2, root: two };
  assert.ok(!verifyConsistency(sha256, { ...shrunk, proof: [first, second] }));
});

test('consistency: the empty tree grows into every tree, from its own root only', () => {
  const [empty = '', one = ''] = goVectors.roots;
  const claim = { earlierSize: 0, earlierRoot: fromHex(empty), size: 1, root: fromHex(one) };
  assert.ok(verifyConsistency(sha256, { ...claim, proof: [] }));
  assert.ok(!verifyConsistency(sha256, { ...claim, proof: [fromHex(one)] }));
  assert.ok(!verifyConsistency(sha256, { ...claim, earlierRoot: fromHex(one), proof: [] }));
});

test('proofs: nothing is proved of what the tree does not have', async () => {
  const tree = treeOf(classic);
  for (const index of [-1, 8, 0.5, Number.NaN]) {
    assert.ok(!(await proveInclusion(tree, index)).ok);
  }
  for (const size of [-1, 9, 0.5, Number.NaN]) assert.ok(!(await proveConsistency(tree, size)).ok);
});

test('proofs: a tile that is missing or short is named', async () => {
  const { files, source } = writeTree(sha256, makeEntries(300));
  const tree = { sha256, source, size: 300 };
  files.set('tile/0/000', new Uint8Array(8_160));
  assert.deepEqual(await proveInclusion(tree, 3), {
    ok: false,
    error: { code: 'malformed', message: 'tile/0/000: 8160 bytes, must be 8192' },
  });
  files.delete('tile/0/000');
  assert.deepEqual(await proveInclusion(tree, 3), {
    ok: false,
    error: { code: 'missing', message: 'tile/0/000: no such file in the log' },
  });
});

test('proofs: a full tile stands in for the partial one it outlived', async () => {
  const entries = makeEntries(600);
  const then = writeTree(sha256, entries.slice(0, 300));
  const files = new Map([...then.files, ...writeTree(sha256, entries).files]);
  assert.ok(files.delete('tile/0/001.p/44'));
  const early = { sha256, source: sourceOf(files), size: 300 };
  const proof = valueOf(await proveInclusion(early, 299));
  const leaf = leafHash(sha256, entries[299] ?? new Uint8Array(0));
  assert.ok(verifyInclusion(sha256, { leaf, index: 299, size: 300, root: then.root, proof }));
});
