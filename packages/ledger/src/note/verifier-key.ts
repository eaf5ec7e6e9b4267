import { concat, decodeBase64, encodeBase64, encodeHex, encodeUtf8, equalBytes } from '../bytes.ts';
import type { Sha256 } from '../primitives.ts';
import { type Result, fault, ok } from '../result.ts';

/** What a key signs: notes as they are, or checkpoints with a time, as witnesses do. */
export type KeyType = 'ed25519' | 'cosignature';

/** A public key with the name and id that its signatures carry. Source: c2sp.org/signed-note. */
export type VerifierKey = {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly type: KeyType;
  readonly publicKey: Uint8Array;
};

const typeBytes = { ed25519: 0x01, cosignature: 0x04 } as const;
const MAX_NAME_LENGTH = 255;

/** Returns the key of a name and a 32-byte Ed25519 public key, with its id computed. */
export function verifierKey(
  sha256: Sha256,
  { name, type, publicKey }: Omit<VerifierKey, 'keyId'>,
): Result<VerifierKey> {
  if (!isKeyName(name)) {
    return fault('malformed', `key name \`${name}\` is empty, too long, or has a space or plus`);
  }
  if (publicKey.length !== 32) {
    return fault('malformed', `public key of ${publicKey.length} bytes, must be 32`);
  }
  const typed = concat(Uint8Array.of(typeBytes[type]), publicKey);
  const keyId = sha256(concat(encodeUtf8(`${name}\n`), typed)).slice(0, 4);
  return ok({ name, keyId, type, publicKey });
}

/** Returns the one-line form of a key: `name+id+key`. */
export function formatVerifierKey({ name, keyId, type, publicKey }: VerifierKey): string {
  const typed = concat(Uint8Array.of(typeBytes[type]), publicKey);
  return `${name}+${encodeHex(keyId)}+${encodeBase64(typed)}`;
}

/** Returns the key of its one-line form, whose id must be the computed one. */
export function parseVerifierKey(sha256: Sha256, text: string): Result<VerifierKey> {
  const [, name = '', , encoded = ''] =
    /^([^+]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44})$/.exec(text) ?? [];
  const typed = decodeBase64(encoded);
  const type = typeOf(typed?.[0]);
  if (typed === undefined || type === undefined) {
    return fault('malformed', 'not a verifier key of the form `name+id+key` for Ed25519');
  }
  const key = verifierKey(sha256, { name, type, publicKey: typed.subarray(1) });
  if (!key.ok || formatVerifierKey(key.value) === text) return key;
  return fault('malformed', `id of key \`${name}\` must be ${encodeHex(key.value.keyId)}`);
}

/** Returns whether a name can stand in a signature line. */
export function isKeyName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && /^[^\p{White_Space}\p{Cc}+]+$/u.test(name);
}

/** Returns whether two keys are the same, by everything their signatures carry. */
export function sameKey(left: VerifierKey, right: VerifierKey): boolean {
  return (
    left.name === right.name &&
    left.type === right.type &&
    equalBytes(left.publicKey, right.publicKey)
  );
}

function typeOf(byte: number | undefined): KeyType | undefined {
  if (byte === typeBytes.ed25519) return 'ed25519';
  return byte === typeBytes.cosignature ? 'cosignature' : undefined;
}
