import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import { makeSigner, nodePrimitives } from '../../testing/node-primitives.ts';
import { refusedVectors } from '../../testing/vectors.ts';
import { encodeUtf8 } from '../bytes.ts';
import { formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { formatNote } from './note.ts';
import { cosignText, signText } from './signature.ts';

const signer = makeSigner('log.example/a', 1);
const checkpoint = { origin: 'log.example/a', size: 3, root: new Uint8Array(32).fill(7) };

test('checkpoints: three lines, read back as they were', () => {
  const text = formatCheckpoint(checkpoint);
  assert.equal(text, 'log.example/a\n3\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n');
  assert.deepEqual(parseCheckpoint(text), { ok: true, value: checkpoint });
});

test('checkpoints: no extension lines, no second spelling of a number or a root', () => {
  for (const text of refusedVectors.checkpoints) {
    assert.ok(!parseCheckpoint(text).ok, JSON.stringify(text));
  }
});

test('checkpoints: a flipped bit anywhere in a signed one is refused', async () => {
  verifies('evidence.tlog');
  const bytes = encodeUtf8(await signCheckpoint(signer, checkpoint));
  assert.ok((await openCheckpoint(nodePrimitives, bytes, signer.key)).ok);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Uint8Array.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.ok(!(await openCheckpoint(nodePrimitives, flipped, signer.key)).ok, `bit ${bit}`);
  }
  for (let length = 0; length < bytes.length; length += 1) {
    assert.ok(!(await openCheckpoint(nodePrimitives, bytes.slice(0, length), signer.key)).ok);
  }
});

test('checkpoints: signed by nobody known, by a witness alone, or for another log', async () => {
  const codeOf = async (note: string, key = signer.key): Promise<string> => {
    const opened = await openCheckpoint(nodePrimitives, encodeUtf8(note), key);
    return opened.ok ? 'ok' : opened.error.code;
  };
  const stranger = makeSigner('log.example/a', 2);
  assert.equal(await codeOf(await signCheckpoint(stranger, checkpoint)), 'missing');
  const witness = makeSigner('log.example/a', 1, 'cosignature');
  const text = formatCheckpoint(checkpoint);
  const cosigned = formatNote({ text, signatures: [await cosignText(witness, text, 9)] });
  assert.equal(await codeOf(cosigned), 'missing');
  assert.equal(await codeOf(cosigned, witness.key), 'missing');
  const elsewhere = formatCheckpoint({ ...checkpoint, origin: 'log.example/b' });
  const signatures = [await signText(signer, elsewhere)];
  assert.equal(await codeOf(formatNote({ text: elsewhere, signatures })), 'mismatch');
});
