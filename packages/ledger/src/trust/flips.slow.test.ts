import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import { makeSigner, nodePrimitives } from '../../testing/node-primitives.ts';
import { makePolicy, makeProof, provedEntry as entry } from '../../testing/proof-scene.ts';
import { encodeUtf8 } from '../bytes.ts';
import { signHandover, traceKeys } from './handover.ts';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from './tlog-proof.ts';

/** The bytes once for each of their bits, with that bit the other way round. */
function* flips(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Uint8Array.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield flipped;
  }
}

test('proof file: a flipped bit anywhere fails it', async () => {
  verifies('evidence.tlog');
  const policy = makePolicy('W');
  for (const flipped of flips(encodeUtf8(formatTlogProof(await makeProof())))) {
    const proof = parseTlogProof(flipped);
    if (!proof.ok) continue;
    const claim = { proof: proof.value, entry };
    const verified = await verifyTlogProof(nodePrimitives, policy, claim);
    assert.ok(!verified.ok, Buffer.from(flipped).toString());
  }
});

test('hand-over: a flipped bit anywhere fails it', async () => {
  const first = makeSigner('log.example/a', 1);
  const whole = await signHandover(first, makeSigner('log.example/a', 2));
  for (const flipped of flips(whole)) {
    const traced = await traceKeys(nodePrimitives, first.key, [{ index: 10, entry: flipped }]);
    assert.ok(!traced.ok, Buffer.from(flipped).toString());
  }
});
