import assert from 'node:assert/strict';
import { test } from 'node:test';

import { runs } from '@plumbline/testkit';
import * as fc from 'fast-check';
import { makeSigner, nodePrimitives } from '../testing/node-primitives.ts';
import { makeProof } from '../testing/proof-scene.ts';
import { goVectors } from '../testing/vectors.ts';
import { decodeUtf8, encodeUtf8 } from './bytes.ts';
import { formatCheckpoint, readCheckpoint } from './note/checkpoint.ts';
import { formatNote, parseNote } from './note/note.ts';
import { formatVerifierKey, parseVerifierKey } from './note/verifier-key.ts';
import { encodeBundle, parseBundle } from './tree/bundle.ts';
import { parseTilePath, tilePath } from './tree/tile.ts';
import { signHandover, traceKeys } from './trust/handover.ts';
import { formatKnownLogs, parseKnownLogs } from './trust/known-logs.ts';
import { parsePolicy } from './trust/policy.ts';
import { formatTlogProof, parseTlogProof } from './trust/tlog-proof.ts';
import { formatAddCheckpoint, parseAddCheckpoint, parseWitnessAnswer } from './trust/witness.ts';

const { sha256 } = nodePrimitives;
const signer = makeSigner('log.example/a', 1);
const proof = await makeProof();
const bundle = encodeBundle([encodeUtf8('one'), encodeUtf8(''), encodeUtf8('three')]);
assert.ok(bundle.ok);

/** Every format, well formed: what the fuzzer starts from. */
const seeds: readonly Uint8Array[] = [
  encodeUtf8(goVectors.checkpoint),
  encodeUtf8(goVectors.logKey),
  encodeUtf8(formatTlogProof({ ...proof, extra: Uint8Array.of(1, 2) })),
  encodeUtf8(formatAddCheckpoint({ earlierSize: 3, proof: [], checkpoint: proof.checkpoint })),
  encodeUtf8(formatKnownLogs([{ key: signer.key, size: 3, root: new Uint8Array(32) }])),
  encodeUtf8(`log ${goVectors.logKey}\nwitness W ${goVectors.witnessKey}\ngroup g 1 W\nquorum g\n`),
  encodeUtf8('tile/entries/x001/x234/067.p/8'),
  await signHandover(signer, makeSigner('log.example/a', 2)),
  bundle.value,
];

/** Prints back what each parser read; a strict parser reads nothing that prints otherwise. */
async function rereads(bytes: Uint8Array): Promise<readonly (string | undefined)[]> {
  const text = decodeUtf8(bytes) ?? '';
  const note = parseNote(bytes);
  const checkpoint = readCheckpoint(bytes);
  const key = parseVerifierKey(sha256, text);
  const tlogProof = parseTlogProof(bytes);
  const request = parseAddCheckpoint(bytes);
  const tile = parseTilePath(text);
  const answer = parseWitnessAnswer(200, bytes);
  parseWitnessAnswer(409, bytes);
  parsePolicy(sha256, bytes);
  parseKnownLogs(sha256, bytes);
  await traceKeys(nodePrimitives, signer.key, [{ index: 0, entry: bytes }]);
  const printed = [
    note.ok ? formatNote(note.value) : undefined,
    checkpoint.ok
      ? formatNote({
          text: formatCheckpoint(checkpoint.value.checkpoint),
          signatures: checkpoint.value.note.signatures,
        })
      : undefined,
    key.ok ? formatVerifierKey(key.value) : undefined,
    tlogProof.ok ? formatTlogProof(tlogProof.value) : undefined,
    request.ok
      ? formatAddCheckpoint({ ...request.value, checkpoint: formatNote(request.value.note) })
      : undefined,
    tile === undefined ? undefined : tilePath(tile),
  ];
  assert.ok(!answer.ok || answer.value.kind === 'cosigned');
  return printed;
}

async function holds(bytes: Uint8Array): Promise<boolean> {
  const printed = await rereads(bytes);
  for (const each of printed) {
    if (each !== undefined) assert.deepEqual(encodeUtf8(each), Uint8Array.from(bytes));
  }
  return printed.some((each) => each !== undefined);
}

function checkBundle(bytes: Uint8Array): void {
  for (const width of [0, 1, 3, 256]) {
    const read = parseBundle(bytes, width);
    if (!read.ok) continue;
    const printed = encodeBundle(read.value);
    assert.ok(printed.ok);
    assert.deepEqual(printed.value, Uint8Array.from(bytes));
  }
}

test('parsers: the seeds of the fuzzer are well formed', async () => {
  const read = await Promise.all(seeds.map(holds));
  assert.deepEqual(read, [true, true, true, true, false, false, true, true, false]);
});

test('parsers: no bytes make any of them throw, or read what would print otherwise', async () => {
  const someBytes = fc.uint8Array({ maxLength: 400 });
  const someText = fc.string({ unit: 'binary', maxLength: 200 }).map(encodeUtf8);
  await fc.assert(
    fc.asyncProperty(fc.oneof(someBytes, someText), async (bytes) => {
      checkBundle(bytes);
      await holds(bytes);
    }),
    { numRuns: runs(500) },
  );
});

test('parsers: no edit of a well-formed text does either', async () => {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    cut: fc.nat(4),
    put: fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc
        .constantFrom('\n', '\n\n', ' ', '=', '0', '— ', '\r\n', '\t', '+', '\u00a0')
        .map(encodeUtf8),
    ),
  });
  const edited = fc.tuple(
    fc.constantFrom(...seeds),
    fc.array(edit, { minLength: 1, maxLength: 3 }),
  );
  await fc.assert(
    fc.asyncProperty(edited, async ([seed, edits]) => {
      let bytes = [...seed];
      for (const { at, cut, put } of edits) {
        bytes = bytes.toSpliced(Math.floor(at * bytes.length), cut, ...put);
      }
      checkBundle(Uint8Array.from(bytes));
      await holds(Uint8Array.from(bytes));
    }),
    { numRuns: runs(3_000) },
  );
});
