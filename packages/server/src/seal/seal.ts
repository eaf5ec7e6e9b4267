import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hash,
  type KeyObject,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto';
import type { Sealed } from '@plumbline/core';
import type { Subject } from '../store/vault.ts';
import {
  commitment,
  COMMITMENT_BYTES,
  KEY_BYTES,
  NONCE_BYTES,
  OPENING_BYTES,
  recordKeys,
} from './record-keys.ts';

/** The most bytes an entry with its sealed text may have; a longer text goes to a blob. */
export const SEALED_ENTRY_BYTES = 49_152;

/** A sealed payload, and the bytes its blob must hold when the text is too long for an entry. */
export type SealedPayload = { readonly sealed: Sealed; readonly blob: Uint8Array | null };

/** What sealing may be told. */
export type SealOptions = {
  /** Returns so many random bytes; the system's by default. */
  readonly random?: (size: number) => Uint8Array;
  /**
   * Returns the bytes of the entry while `sealed` is null. Asked only when the text is long;
   * without it the sealed payload is measured alone.
   */
  readonly restBytes?: () => number;
};

/**
 * Why a payload was not opened.
 *
 * malformed: a part is not base64 of the right length.
 * no-blob: the text is in a blob that was not shown.
 * bad-blob: the blob is not the one that was sealed.
 * bad-tag: the text is not what was sealed under this key; a wrong key looks the same.
 * bad-commitment: the text opens, and is not the one that was committed to.
 */
export type OpenFault = 'malformed' | 'no-blob' | 'bad-blob' | 'bad-tag' | 'bad-commitment';

/** The plaintext, or why it could not be opened. */
export type OpenedPayload =
  | { readonly ok: true; readonly value: Uint8Array }
  | { readonly ok: false; readonly error: { readonly code: OpenFault; readonly message: string } };

/** A sealed payload and what opens it: the opening of this record, or the subject's key. */
export type Openable = { readonly sealed: Sealed; readonly blob?: Uint8Array } & (
  { readonly opening: Uint8Array } | { readonly subjectKey: Uint8Array }
);

const TAG_BYTES = 16;
const ZERO_IV = Buffer.alloc(12);
const DEFAULTS: SealOptions = {};

// The members of a sealed payload beside its text and subject, less the `null` they replace.
const ENVELOPE_BYTES =
  JSON.stringify({ mac: '='.repeat(44), nonce: '='.repeat(24), subject: '', text: '' }).length - 4;

/**
 * Seals a payload for its subject, under keys that serve this record alone.
 *
 * Source: spec/entries.md, section "Sealing".
 */
export function sealPayload(
  subject: Subject,
  plaintext: Uint8Array | string,
  options: SealOptions = DEFAULTS,
): SealedPayload {
  const nonce = options.random === undefined ? nextNonce() : options.random(NONCE_BYTES);
  const keys = recordKeys(subject.key, nonce);
  const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext, 'utf8') : plaintext;
  const text = encrypt(keys, bytes);
  const head = {
    subject: subject.id,
    nonce: base64(nonce),
    mac: commitment(keys, bytes),
  };
  if (fitsEntry(subject.id, text.length, options)) {
    return { sealed: { ...head, text: base64(text) }, blob: null };
  }
  return { sealed: { ...head, blob: { digest: digestOf(text), size: text.length } }, blob: text };
}

/** Opens a sealed payload and checks what it was committed to. */
export function openPayload(what: Openable): OpenedPayload {
  const { sealed } = what;
  const nonce = fromBase64(sealed.nonce);
  const mac = fromBase64(sealed.mac);
  if (nonce?.length !== NONCE_BYTES) return refuse('malformed', 'the nonce is not 16 bytes');
  if (mac?.length !== COMMITMENT_BYTES)
    return refuse('malformed', 'the commitment is not 32 bytes');
  const key = 'opening' in what ? what.opening : what.subjectKey;
  if (key.length !== ('opening' in what ? OPENING_BYTES : KEY_BYTES)) {
    return refuse('malformed', `the key is of ${key.length} bytes`);
  }
  const text = textOf(what);
  if (!text.ok) return text;
  const keys = 'opening' in what ? what.opening : recordKeys(key, nonce);
  const bytes = decrypt(keys, text.value);
  if (bytes === undefined) return refuse('bad-tag', 'the text was changed, or the key is another');
  return timingSafeEqual(Buffer.from(commitment(keys, bytes), 'base64'), mac)
    ? { ok: true, value: bytes }
    : refuse('bad-commitment', 'the text opens and is not what was committed to');
}

function encrypt(keys: Uint8Array, bytes: Uint8Array): Buffer {
  const text = Buffer.allocUnsafe(bytes.length + TAG_BYTES);
  const cipher = createCipheriv('aes-256-gcm', cipherKey(keys), ZERO_IV);
  text.set(cipher.update(bytes), 0);
  cipher.final();
  text.set(cipher.getAuthTag(), bytes.length);
  return text;
}

/** Returns the plaintext, or undefined when the tag does not hold. */
function decrypt(keys: Uint8Array, text: Uint8Array): Buffer | undefined {
  const end = text.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', cipherKey(keys), ZERO_IV);
  decipher.setAuthTag(text.subarray(end));
  const bytes = decipher.update(text.subarray(0, end));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return bytes;
}

// A key object made first: given the bytes, Node takes three times as long to make the cipher.
function cipherKey(keys: Uint8Array): KeyObject {
  return createSecretKey(keys.subarray(0, KEY_BYTES));
}

function textOf({ sealed, blob }: Openable): OpenedPayload {
  if ('text' in sealed) {
    const text = fromBase64(sealed.text);
    return text === undefined || text.length < TAG_BYTES
      ? refuse('malformed', 'the text is not base64 of at least 16 bytes')
      : { ok: true, value: text };
  }
  const { digest, size } = sealed.blob;
  if (blob === undefined) return refuse('no-blob', `the blob \`${digest}\` was not shown`);
  return blob.length === size && size >= TAG_BYTES && digestOf(blob) === digest
    ? { ok: true, value: blob }
    : refuse('bad-blob', `the bytes shown are not those of \`${digest}\``);
}

// Below it no entry can be too large, so the rest of the entry need not be measured.
const SURE_TEXT_BYTES = 8_192;

function fitsEntry(subject: string, textBytes: number, { restBytes }: SealOptions): boolean {
  const base64Bytes = Math.ceil(textBytes / 3) * 4;
  if (base64Bytes <= SURE_TEXT_BYTES) return true;
  const rest = restBytes === undefined ? 0 : restBytes();
  return rest + ENVELOPE_BYTES + subject.length + base64Bytes <= SEALED_ENTRY_BYTES;
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${hash('sha256', bytes, 'hex')}`;
}

// Nonces are drawn from the system many at a time: one call for each would cost 2 µs.
const pool = Buffer.alloc(256 * NONCE_BYTES);
let poolOffset = pool.length;

function nextNonce(): Uint8Array {
  if (poolOffset === pool.length) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  poolOffset += NONCE_BYTES;
  return pool.subarray(poolOffset - NONCE_BYTES, poolOffset);
}

function base64(bytes: Uint8Array): string {
  const { buffer, byteOffset, length } = bytes;
  return Buffer.from(buffer, byteOffset, length).toString('base64');
}

// Buffer passes over what is not base64; only what prints back the same was base64.
function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function refuse(code: OpenFault, message: string): OpenedPayload {
  return { ok: false, error: { code, message } };
}
