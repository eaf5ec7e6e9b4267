import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import { nodePrimitives } from '../../testing/node-primitives.ts';
import { makePolicy, makeProof, provedEntry as entry } from '../../testing/proof-scene.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes.ts';
import { formatTlogProof, parseTlogProof, type TlogProof, verifyTlogProof } from './tlog-proof.ts';

test('proof file: proves one entry by itself, under a policy', async () => {
  verifies('evidence.tlog');
  const proof = await makeProof();
  const text = formatTlogProof(proof);
  assert.deepEqual(parseTlogProof(encodeUtf8(text)), { ok: true, value: proof });
  const verified = await verifyTlogProof(nodePrimitives, makePolicy('W'), { proof, entry });
  assert.ok(verified.ok);
  assert.deepEqual(verified.value.cosigned, [{ witness: 'W', timeSeconds: 1_700_000_000 }]);
  assert.equal(verified.value.hasQuorum, true);
  assert.equal(verified.value.checkpoint.size, 300);
});

test('proof file: another entry, another place, or no quorum is not proved', async () => {
  const proof = await makeProof();
  const policy = makePolicy('W');
  const verify = async (given: Partial<TlogProof>, bytes = entry): Promise<string> => {
    const claim = { proof: { ...proof, ...given }, entry: bytes };
    const verified = await verifyTlogProof(nodePrimitives, policy, claim);
    return verified.ok ? 'ok' : verified.error.code;
  };
  assert.equal(await verify({}), 'ok');
  assert.equal(await verify({}, encodeUtf8('entry 201')), 'mismatch');
  assert.equal(await verify({}, new Uint8Array(70_000)), 'malformed');
  assert.equal(await verify({ index: 201 }), 'mismatch');
  assert.equal(await verify({ hashes: proof.hashes.slice(1) }), 'mismatch');
  const alone = `${proof.checkpoint.split('\n').slice(0, 5).join('\n')}\n`;
  assert.equal(await verify({ checkpoint: alone }), 'missing');
  const unsigned = proof.checkpoint.replace(/— log.*\n/, '');
  assert.equal(await verify({ checkpoint: unsigned }), 'missing');
});

test('proof file: a policy without witnesses accepts, and says that none saw the log', async () => {
  const claim = { proof: await makeProof(), entry };
  const verified = await verifyTlogProof(nodePrimitives, makePolicy('none'), claim);
  assert.ok(verified.ok);
  assert.equal(verified.value.hasQuorum, false);
});

test('proof file: extra bytes travel along', async () => {
  const proof = { ...(await makeProof()), extra: Uint8Array.of(1, 2, 3) };
  const bytes = encodeUtf8(formatTlogProof(proof));
  assert.match(decodeUtf8(bytes) ?? '', /^c2sp.org\/tlog-proof@v1\nextra AQID\nindex 200\n/);
  assert.deepEqual(parseTlogProof(bytes), { ok: true, value: proof });
});

test('proof file: read strictly', async () => {
  const text = formatTlogProof(await makeProof());
  const bad = [
    '',
    text.replace('@v1', '@v2'),
    text.replace('index 200', 'index 0200'),
    text.replace('index 200', 'index -1'),
    text.replace('index 200', 'index 9007199254740992'),
    text.replace('index 200', 'extra \nindex 200').replace('extra ', 'extra A'),
    text.replace('index 200\n', 'index 200\nAAAA\n'),
    text.replace('index 200\n', `index 200\n${`${'A'.repeat(43)}=\n`.repeat(63)}`),
    text.slice(0, text.indexOf('\n\n')),
  ];
  for (const each of bad) assert.ok(!parseTlogProof(encodeUtf8(each)).ok, each.slice(0, 60));
});
