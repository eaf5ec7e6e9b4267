import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import { makeSigner, nodePrimitives } from '../../testing/node-primitives.ts';
import { c2spVectors, goVectors, refusedVectors } from '../../testing/vectors.ts';
import { encodeUtf8 } from '../bytes.ts';
import { formatNote, parseNote } from './note.ts';
import { cosignText, findSignature, signText } from './signature.ts';
import { formatVerifierKey, parseVerifierKey, verifierKey } from './verifier-key.ts';

const { sha256 } = nodePrimitives;

function keyOf(text: string): Parameters<typeof findSignature>[2] {
  const key = parseVerifierKey(sha256, text);
  assert.ok(key.ok);
  return key.value;
}

function noteOf(text: string): Parameters<typeof findSignature>[1] {
  const note = parseNote(encodeUtf8(text));
  assert.ok(note.ok);
  return note.value;
}

test('notes: the example of the specification verifies, and prints back', async () => {
  verifies('evidence.tlog');
  for (const { key: keyText, note: text } of c2spVectors.notes) {
    const [key, note] = [keyOf(keyText), noteOf(text)];
    assert.equal(formatVerifierKey(key), keyText);
    assert.equal(formatNote(note), text);
    assert.deepEqual(await findSignature(nodePrimitives, note, key), { ok: true, value: { key } });
  }
});

test('notes: what the Go libraries signed verifies, with the witness its time', async () => {
  verifies('evidence.tlog');
  const note = noteOf(goVectors.checkpoint);
  const log = await findSignature(nodePrimitives, note, keyOf(goVectors.logKey));
  assert.ok(log.ok && log.value !== undefined);
  const witness = await findSignature(nodePrimitives, note, keyOf(goVectors.witnessKey));
  assert.ok(witness.ok);
  assert.equal(witness.value?.timeSeconds, 1_795_235_688);
});

test('notes: signs as the Go libraries do', async () => {
  const [log, witness] = [
    makeSigner('ledger.example/agents/prod', 1),
    makeSigner('witness.example/w1', 2, 'cosignature'),
  ];
  assert.equal(formatVerifierKey(log.key), goVectors.logKey);
  assert.equal(formatVerifierKey(witness.key), goVectors.witnessKey);
  const { text } = noteOf(goVectors.checkpoint);
  const signatures = [await signText(log, text), await cosignText(witness, text, 1_795_235_688)];
  assert.equal(formatNote({ text, signatures }), goVectors.checkpoint);
});

test('notes: whatever could be read in two ways is refused', () => {
  for (const text of refusedVectors.notes) {
    const note = parseNote(encodeUtf8(text));
    assert.equal(note.ok ? note.value : note.error.code, 'malformed', JSON.stringify(text));
  }
});

test('notes: a text may hold blank lines, the last of which ends it', () => {
  const note = noteOf('one\n\ntwo\n\n— name AAAAAAA=\n');
  assert.equal(note.text, 'one\n\ntwo\n');
  assert.deepEqual(note.signatures, [
    { name: 'name', keyId: new Uint8Array(4), signature: new Uint8Array(1) },
  ]);
});

test('notes: a megabyte, or a hundred signatures, and no more', () => {
  const line = '— name AAAAAAA=\n';
  assert.ok(parseNote(encodeUtf8(`text\n\n${line.repeat(100)}`)).ok);
  assert.ok(!parseNote(encodeUtf8(`text\n\n${line.repeat(101)}`)).ok);
  assert.ok(!parseNote(encodeUtf8(`${'x'.repeat(1_000_000)}\n\n${line}`)).ok);
});

test('keys: only the one form, with the id that belongs to name and key', () => {
  for (const text of refusedVectors.keys) {
    assert.ok(!parseVerifierKey(sha256, text).ok, JSON.stringify(text));
  }
  for (const name of ['', 'a b', 'a+b', 'a\nb', 'a\u2003b', 'x'.repeat(256)]) {
    const key = { name, type: 'ed25519' as const, publicKey: new Uint8Array(32) };
    assert.ok(!verifierKey(sha256, key).ok, JSON.stringify(name));
  }
});

test('signatures: other keys say nothing, one bad line of a known key fails', async () => {
  const [known, other] = [makeSigner('log.example/a', 1), makeSigner('log.example/a', 2)];
  const text = 'text\n';
  const good = await signText(known, text);
  const foreign = await signText(other, text);
  const find = (signatures: readonly (typeof good)[]): ReturnType<typeof findSignature> =>
    findSignature(nodePrimitives, { text, signatures }, known.key);
  assert.deepEqual(await find([foreign]), { ok: true, value: undefined });
  assert.deepEqual(await find([foreign, good]), { ok: true, value: { key: known.key } });
  const bad = { ...good, signature: foreign.signature };
  assert.ok(!(await find([good, bad])).ok);
  assert.ok(!(await find([{ ...good, signature: good.signature.subarray(1) }])).ok);
});

test('cosignatures: the latest counts, and each is bound to its time', async () => {
  const witness = makeSigner('witness.example/w', 3, 'cosignature');
  const text = 'log.example/a\n0\nroot\n';
  const early = await cosignText(witness, text, 1_000);
  const late = await cosignText(witness, text, 2_000);
  const note = { text, signatures: [late, early] };
  const found = await findSignature(nodePrimitives, note, witness.key);
  assert.ok(found.ok);
  assert.equal(found.value?.timeSeconds, 2_000);
  const signature = Uint8Array.of(...early.signature.subarray(0, 8), ...late.signature.subarray(8));
  const mixed = { text, signatures: [{ ...early, signature }] };
  assert.ok(!(await findSignature(nodePrimitives, mixed, witness.key)).ok);
});
