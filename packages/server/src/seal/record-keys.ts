import { hash } from 'node:crypto';

/** Length of a subject's key, and of each of the two keys of a record. */
export const KEY_BYTES = 32;

/** Length of a record's nonce. */
export const NONCE_BYTES = 16;

/** Length of the keyed commitment. */
export const COMMITMENT_BYTES = 32;

/** Length of an opening: the record's cipher key, then its commitment key. */
export const OPENING_BYTES = 64;

const LABEL = Buffer.from('plumbline/seal/1');
const SHA256_BLOCK = 64;
const SHA512_BLOCK = 128;

/**
 * Returns the opening of one record, 64 bytes: it opens that record and no other.
 *
 * HKDF-Expand to the length of one SHA-512 is one HMAC (RFC 5869, section 2.3), written here as its
 * two one-shot hashes: a fifth of the time of Node's `hkdfSync`. Throws on a subject key that is
 * not 32 bytes and a nonce that is not 16.
 */
export function recordKeys(subjectKey: Uint8Array, nonce: Uint8Array): Buffer {
  const { inner, outer } = expanderOf(subjectKey);
  if (nonce.length !== NONCE_BYTES) throw new Error('bug: a nonce is 16 bytes');
  inner.set(nonce, SHA512_BLOCK + LABEL.length);
  outer.write(hash('sha512', inner, 'binary'), SHA512_BLOCK, 'binary');
  const keys = Buffer.allocUnsafe(OPENING_BYTES);
  keys.write(hash('sha512', outer, 'binary'), 0, 'binary');
  return keys;
}

/** Returns HMAC-SHA-256 of the plaintext under the commitment key of an opening, in base64. */
export function commitment(opening: Uint8Array, plaintext: Uint8Array): string {
  const inner = Buffer.allocUnsafe(SHA256_BLOCK + plaintext.length);
  const outer = Buffer.allocUnsafe(SHA256_BLOCK + COMMITMENT_BYTES);
  pad(opening.subarray(KEY_BYTES), SHA256_BLOCK, { inner, outer });
  inner.set(plaintext, SHA256_BLOCK);
  outer.write(hash('sha256', inner, 'binary'), SHA256_BLOCK, 'binary');
  return hash('sha256', outer, 'base64');
}

/** The two messages an HMAC hashes; each begins with the padded key (RFC 2104). */
type Messages = { readonly inner: Buffer; readonly outer: Buffer };

// Keyed by the array that holds the key, so that a subject that is let go takes its pads along.
const expanders = new WeakMap<Uint8Array, Messages>();

function expanderOf(subjectKey: Uint8Array): Messages {
  const known = expanders.get(subjectKey);
  if (known !== undefined) return known;
  if (subjectKey.length !== KEY_BYTES) throw new Error('bug: the key of a subject is 32 bytes');
  const inner = Buffer.alloc(SHA512_BLOCK + LABEL.length + NONCE_BYTES + 1);
  const outer = Buffer.alloc(SHA512_BLOCK + OPENING_BYTES);
  pad(subjectKey, SHA512_BLOCK, { inner, outer });
  inner.set(LABEL, SHA512_BLOCK);
  inner[inner.length - 1] = 1;
  const messages = { inner, outer };
  expanders.set(subjectKey, messages);
  return messages;
}

function pad(key: Uint8Array, blockBytes: number, { inner, outer }: Messages): void {
  inner.fill(0x36, 0, blockBytes);
  outer.fill(0x5c, 0, blockBytes);
  for (let index = 0; index < key.length; index += 1) {
    const byte = key[index] ?? 0;
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
}
