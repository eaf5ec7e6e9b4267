import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import { formatSigningKey, parseSigningKey } from './signing-key.ts';

// From the documentation of golang.org/x/mod/sumdb/note.
const GO = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';

test('signing keys: those of Go are read, and printed back', () => {
  verifies('evidence.tlog');
  const read = parseSigningKey(`${GO}\n`);
  assert.ok(read.ok);
  assert.equal(read.value.name, 'PeterNeumann');
  assert.deepEqual(read.value.keyId, Uint8Array.of(0xc7, 0x4f, 0x20, 0xa3));
  assert.equal(formatSigningKey(read.value), `${GO}\n`);
});

test('signing keys: any other text is none', () => {
  const others = ['', 'PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr', GO.slice(0, -4), `x${GO}`];
  for (const text of [...others, GO.replace('+AY', '+Ag'), `${GO}\n${GO}`]) {
    assert.equal(parseSigningKey(text).ok, false, text);
  }
});
