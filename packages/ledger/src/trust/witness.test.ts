import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeEntries, writeLog } from '../../testing/memory-log.ts';
import { makeSigner, nodePrimitives } from '../../testing/node-primitives.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes.ts';
import { readCheckpoint } from '../note/checkpoint.ts';
import { formatNote, formatSignature } from '../note/note.ts';
import { cosignText, findSignature, type Signer } from '../note/signature.ts';
import { proveConsistency } from '../tree/prove.ts';
import { verifyConsistency } from '../tree/verify-proof.ts';
import {
  addCosignature,
  formatAddCheckpoint,
  parseAddCheckpoint,
  parseWitnessAnswer,
} from './witness.ts';

const { sha256 } = nodePrimitives;
const signer = makeSigner('log.example/a', 1);
const witness = makeSigner('witness.example/w', 2, 'cosignature');

async function makeRequest(): Promise<string> {
  const { files, source } = await writeLog(sha256, signer, makeEntries(9));
  const proof = await proveConsistency({ sha256, source, size: 9 }, 5);
  assert.ok(proof.ok);
  const checkpoint = decodeUtf8(files.get('checkpoint') ?? new Uint8Array(0)) ?? '';
  return formatAddCheckpoint({ earlierSize: 5, proof: proof.value, checkpoint });
}

/** A witness that saw the log at 5 entries, reading only the body. */
async function answer(body: string, by: Signer): Promise<string> {
  const request = parseAddCheckpoint(encodeUtf8(body));
  assert.ok(request.ok);
  const { earlierSize, proof, checkpoint, note } = request.value;
  const { root: earlierRoot } = await writeLog(sha256, signer, makeEntries(5));
  const claim = { earlierSize, earlierRoot, proof, size: checkpoint.size, root: checkpoint.root };
  assert.ok(verifyConsistency(sha256, claim));
  return formatSignature(await cosignText(by, note.text, 1_700_000_000));
}

test('witness: asked, answers, and its line joins the checkpoint', async () => {
  const body = await makeRequest();
  assert.match(body, /^old 5\n([A-Za-z0-9+/]{43}=\n){5}\nlog.example\/a\n9\n/);
  const text = await answer(body, witness);
  const stray = await answer(body, makeSigner('witness.example/other', 3, 'cosignature'));
  const read = parseWitnessAnswer(200, encodeUtf8(stray + text));
  assert.ok(read.ok && read.value.kind === 'cosigned');
  const { signatures } = read.value;
  const opened = readCheckpoint(encodeUtf8(body.slice(body.indexOf('\n\n') + 2)));
  assert.ok(opened.ok);
  const given = { key: witness.key, signatures };
  const joined = await addCosignature(nodePrimitives, opened.value.note, given);
  assert.ok(joined.ok);
  assert.equal(formatNote(joined.value).split('\n').length, 7);
  const found = await findSignature(nodePrimitives, joined.value, witness.key);
  assert.ok(found.ok);
  assert.equal(found.value?.timeSeconds, 1_700_000_000);
});

test('witness: an answer without its own valid line adds nothing', async () => {
  const body = await makeRequest();
  const opened = readCheckpoint(encodeUtf8(body.slice(body.indexOf('\n\n') + 2)));
  assert.ok(opened.ok);
  const { note } = opened.value;
  const codeOf = async (signatures: typeof note.signatures): Promise<string> => {
    const joined = await addCosignature(nodePrimitives, note, { key: witness.key, signatures });
    return joined.ok ? 'ok' : joined.error.code;
  };
  const other = makeSigner('witness.example/other', 3, 'cosignature');
  assert.equal(await codeOf([await cosignText(other, note.text, 9)]), 'missing');
  assert.equal(await codeOf([await cosignText(witness, 'another\n', 9)]), 'bad-signature');
});

test('witness: each status means one thing', () => {
  const kindOf = (status: number, body = ''): unknown => {
    const read = parseWitnessAnswer(status, encodeUtf8(body));
    return read.ok ? read.value : read.error.code;
  };
  assert.deepEqual(kindOf(409, '20852014\n'), { kind: 'behind', size: 20_852_014 });
  assert.deepEqual(kindOf(403), { kind: 'refused', why: 'unknown-key' });
  assert.deepEqual(kindOf(404), { kind: 'refused', why: 'unknown-log' });
  assert.deepEqual(kindOf(422), { kind: 'refused', why: 'inconsistent' });
  assert.deepEqual(kindOf(400), { kind: 'refused', why: 'bad-request' });
  const malformed: readonly (readonly [number, string])[] = [
    [409, '55'],
    [409, '05\n'],
    [409, ''],
    [200, ''],
    [200, 'hello\n'],
    [200, '— w AAAAAAA='],
    [200, '— w AAAAAAA=\n'.repeat(101)],
    [200, 'x'.repeat(70_000)],
    [500, ''],
    [302, ''],
  ];
  for (const [status, body] of malformed) assert.equal(kindOf(status, body), 'malformed');
});

test('witness: a request is read strictly', async () => {
  const body = await makeRequest();
  const bad = [
    '',
    body.replace('old 5', 'old 05'),
    body.replace('old 5', 'old  5'),
    body.replace('old 5', 'size 5'),
    body.replace('old 5', 'old 10'),
    body.replace('old 5\n', `old 5\n${`${'A'.repeat(43)}=\n`.repeat(63)}`),
    body.replace('old 5\n', 'old 5\nAAAA\n'),
    body.replace('\n\n', '\n'),
    body.slice(0, -1),
  ];
  for (const each of bad) assert.ok(!parseAddCheckpoint(encodeUtf8(each)).ok, each.slice(0, 60));
});
