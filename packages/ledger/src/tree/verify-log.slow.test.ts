import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { writeTree } from '../../testing/memory-log.ts';
import { encodeUtf8 } from '../bytes.ts';
import { formatTlogProof } from '../trust/tlog-proof.ts';
import { signCheckpoint } from '../note/checkpoint.ts';
import { makeSigner } from '../../testing/node-primitives.ts';
import { proveInclusion } from './prove.ts';
import { verifyLog } from './verify-log.ts';

const COUNT = 1_000_000;
const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

function makeLargeEntries(): readonly Uint8Array[] {
  return Array.from({ length: COUNT }, (_, index) => {
    const entry = new Uint8Array(525).fill(120);
    new DataView(entry.buffer).setUint32(0, index);
    return entry;
  });
}

test('verify: a million entries, and a proof of one under 2 KB', async (t) => {
  const tree = writeTree(sha256, makeLargeEntries());
  const checkpoint = { size: COUNT, root: tree.root };
  const claim = { source: tree.source, checkpoint, anchors: [] };
  assert.deepEqual(await verifyLog(sha256, claim), {
    ok: true,
    value: { entryCount: 1_000_000, tileCount: 3_924, anchorCount: 0 },
  });
  const hashes = await proveInclusion({ sha256, source: tree.source, size: COUNT }, 654_321);
  assert.ok(hashes.ok);
  const signed = { origin: 'log.example/a', size: COUNT, root: tree.root };
  const text = await signCheckpoint(makeSigner('log.example/a', 1), signed);
  const proof = formatTlogProof({ index: 654_321, hashes: hashes.value, checkpoint: text });
  t.diagnostic(`proof of ${encodeUtf8(proof).length} bytes`);
  assert.ok(encodeUtf8(proof).length < 2_000);
});
