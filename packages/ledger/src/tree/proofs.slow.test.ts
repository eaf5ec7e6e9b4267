import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeEntries, writeTree } from '../../testing/memory-log.ts';
import { nodePrimitives } from '../../testing/node-primitives.ts';
import { leafHash } from './hash.ts';
import { proveConsistency, proveInclusion } from './prove.ts';
import { verifyConsistency, verifyInclusion } from './verify-proof.ts';

// The same few thousand nodes are hashed millions of times over.
const hashed = new Map<string, Uint8Array>();
function sha256(bytes: Uint8Array): Uint8Array {
  const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const known = hashed.get(key) ?? nodePrimitives.sha256(bytes);
  hashed.set(key, known);
  return known;
}

const entries = makeEntries(300);
const leaves = entries.map((entry) => leafHash(sha256, entry));

test('proofs: every leaf of every tree up to 300 is proved, and so is every growth', async () => {
  const roots: Uint8Array[] = [];
  let count = 0;
  for (let size = 0; size <= 300; size += 1) {
    const { root, source } = writeTree(sha256, entries.slice(0, size));
    roots.push(root);
    const tree = { sha256, source, size };
    for (const [index, leaf] of leaves.slice(0, size).entries()) {
      const proof = await proveInclusion(tree, index);
      assert.ok(proof.ok);
      const claim = { leaf, index, size, root, proof: proof.value };
      assert.ok(verifyInclusion(sha256, claim), `leaf ${index} of ${size}`);
      count += 1;
    }
    for (const [earlierSize, earlierRoot] of roots.entries()) {
      const proof = await proveConsistency(tree, earlierSize);
      assert.ok(proof.ok);
      const claim = { earlierSize, earlierRoot, size, root, proof: proof.value };
      assert.ok(verifyConsistency(sha256, claim), `from ${earlierSize} to ${size}`);
      count += 1;
    }
  }
  assert.equal(count, 90_601);
});
