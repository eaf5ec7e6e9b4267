import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { test } from 'node:test';
import type { Sealed } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';
import { sealVectors } from '../../testing/seal-vectors.ts';
import { commitment, recordKeys } from './record-keys.ts';
import { openPayload, type OpenedPayload, sealPayload } from './seal.ts';

const subject = { id: `sub_${'7'.repeat(32)}`, key: new Uint8Array(32).fill(7) };
const stranger = { id: `sub_${'8'.repeat(32)}`, key: new Uint8Array(32).fill(8) };

function said(opened: OpenedPayload): string {
  return opened.ok ? Buffer.from(opened.value).toString() : opened.error.code;
}

function flip(text: string, bit: number): string {
  const bytes = Buffer.from(text, 'base64');
  const at = (bit >> 3) % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
  return bytes.toString('base64');
}

function textOf(sealed: Sealed): string {
  assert.ok('text' in sealed);
  return sealed.text;
}

for (const { name, key, plaintext, opening, sealed, blob } of sealVectors) {
  test(`seal: opens and makes what another implementation sealed: ${name}`, () => {
    const [keyBytes, nonce] = [Buffer.from(key, 'hex'), Buffer.from(sealed.nonce, 'base64')];
    assert.equal(recordKeys(keyBytes, nonce).toString('hex'), opening);
    const shown = blob === undefined ? {} : { blob: Buffer.from(blob, 'base64') };
    assert.equal(said(openPayload({ sealed, subjectKey: keyBytes, ...shown })), plaintext);
    const given = Buffer.from(opening, 'hex');
    assert.equal(said(openPayload({ sealed, opening: given, ...shown })), plaintext);
    if (blob !== undefined) return;
    const made = sealPayload({ id: sealed.subject, key: keyBytes }, plaintext, {
      random: () => nonce,
    });
    assert.deepEqual(made, { sealed, blob: null });
  });
}

test('seal: what was sealed opens, by the key and by the opening alone', () => {
  verifies('evidence.erasure');
  const payload = fc.uint8Array({ maxLength: 3000 });
  fc.assert(
    fc.property(payload, fc.uint8Array({ minLength: 32, maxLength: 32 }), (plaintext, key) => {
      const { sealed, blob } = sealPayload({ id: subject.id, key }, plaintext);
      assert.equal(blob, null);
      const opening = recordKeys(key, Buffer.from(sealed.nonce, 'base64'));
      for (const way of [{ subjectKey: key }, { opening }]) {
        const opened = openPayload({ sealed, ...way });
        assert.ok(opened.ok);
        assert.deepEqual(Buffer.from(opened.value), Buffer.from(plaintext));
      }
    }),
    { numRuns: 50 },
  );
});

test('seal: any flipped bit of any part is refused', () => {
  const flipped = fc.record({
    part: fc.constantFrom('nonce', 'mac', 'text'),
    bit: fc.nat(1 << 14),
    plaintext: fc.string({ maxLength: 200 }),
  });
  fc.assert(
    fc.property(flipped, ({ part, bit, plaintext }) => {
      const { sealed } = sealPayload(subject, plaintext);
      const parts = { nonce: sealed.nonce, mac: sealed.mac, text: textOf(sealed) };
      const changed = { ...parts, [part]: flip(parts[part], bit), subject: subject.id };
      const expected = part === 'mac' ? 'bad-commitment' : 'bad-tag';
      assert.equal(said(openPayload({ sealed: changed, subjectKey: subject.key })), expected);
    }),
    { numRuns: 200 },
  );
});

test('seal: bits that base64 leaves unused are read strictly', () => {
  const { sealed } = sealPayload(subject, 'text', { random: () => new Uint8Array(16) });
  assert.equal(sealed.nonce, 'AAAAAAAAAAAAAAAAAAAAAA==');
  const changed = { ...sealed, nonce: 'AAAAAAAAAAAAAAAAAAAAAB==' };
  assert.equal(said(openPayload({ sealed: changed, subjectKey: subject.key })), 'malformed');
});

test('seal: another subject opens nothing, nor does the opening of another record', () => {
  const [one, other] = [sealPayload(subject, 'one'), sealPayload(subject, 'other')];
  const { sealed } = one;
  assert.equal(said(openPayload({ sealed, subjectKey: stranger.key })), 'bad-tag');
  const opening = recordKeys(subject.key, Buffer.from(other.sealed.nonce, 'base64'));
  assert.equal(said(openPayload({ sealed, opening })), 'bad-tag');
  assert.equal(said(openPayload({ sealed, opening: opening.subarray(1) })), 'malformed');
});

test('seal: the commitment is checked apart from the tag', () => {
  const { sealed } = sealPayload(subject, 'the truth');
  const keys = recordKeys(subject.key, Buffer.from(sealed.nonce, 'base64'));
  const cipher = createCipheriv('aes-256-gcm', keys.subarray(0, 32), Buffer.alloc(12));
  const parts = [cipher.update('another'), cipher.final(), cipher.getAuthTag()];
  const text = Buffer.concat(parts).toString('base64');
  const forged = { ...sealed, text };
  assert.equal(said(openPayload({ sealed: forged, subjectKey: subject.key })), 'bad-commitment');
  const committed = { ...forged, mac: commitment(keys, Buffer.from('another')) };
  assert.equal(said(openPayload({ sealed: committed, subjectKey: subject.key })), 'another');
});

test('seal: no nonce comes twice', () => {
  const nonces = Array.from({ length: 1000 }, () => sealPayload(subject, '').sealed.nonce);
  assert.equal(new Set(nonces).size, 1000);
});

test('seal: a text is kept beside an entry that it would make larger than 49152 bytes', () => {
  const plaintext = 'x'.repeat(36_000);
  const entryBytes = (sealed: Sealed | null): number => JSON.stringify({ open: {}, sealed }).length;
  const probe = sealPayload(subject, plaintext, { restBytes: () => entryBytes(null) });
  assert.equal(probe.blob, null);
  const room = 49_152 - entryBytes(probe.sealed);
  const restBytes = (): number => entryBytes(null) + room;
  assert.equal(sealPayload(subject, plaintext, { restBytes }).blob, null);
  const { sealed, blob } = sealPayload(subject, plaintext, { restBytes: () => restBytes() + 1 });
  assert.ok(blob !== null && 'blob' in sealed);
  assert.equal(sealed.blob.size, blob.length);
  const shown = { sealed, subjectKey: subject.key };
  assert.equal(said(openPayload({ ...shown, blob })), plaintext);
  assert.equal(said(openPayload(shown)), 'no-blob');
  assert.equal(said(openPayload({ ...shown, blob: blob.subarray(1) })), 'bad-blob');
  assert.equal(said(openPayload({ ...shown, blob: Buffer.alloc(blob.length) })), 'bad-blob');
});

test('seal: the rest of an entry is not measured for a short text', () => {
  const restBytes = (): number => assert.fail('measured');
  assert.equal(sealPayload(subject, 'x'.repeat(3000), { restBytes }).blob, null);
});

test('seal: a key or nonce of another size is a bug', () => {
  assert.throws(() => recordKeys(new Uint8Array(31), new Uint8Array(16)), /32 bytes/);
  assert.throws(() => recordKeys(subject.key, new Uint8Array(15)), /16 bytes/);
});
