import { concat, decodeBase64, encodeBase64, encodeHex } from '../bytes.ts';
import { type Result, fault, ok } from '../result.ts';
import { isKeyName } from './verifier-key.ts';

/** The secret half of a key that signs notes, as its file holds it. */
export type SigningKeyFile = {
  readonly name: string;
  readonly keyId: Uint8Array;
  /** The 32 secret bytes of Ed25519. */
  readonly seed: Uint8Array;
};

const ED25519 = Uint8Array.of(0x01);

/**
 * Returns a signing key as it is kept in a file, line feed included.
 *
 * Source: golang.org/x/mod/sumdb/note, "Generating Keys".
 */
export function formatSigningKey({ name, keyId, seed }: SigningKeyFile): string {
  return `PRIVATE+KEY+${name}+${encodeHex(keyId)}+${encodeBase64(concat(ED25519, seed))}\n`;
}

/** Returns the key of a file. Errors: `malformed` for any other text. */
export function parseSigningKey(text: string): Result<SigningKeyFile> {
  const [, name = '', id = '', encoded = ''] =
    /^PRIVATE\+KEY\+([^+\s]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44})\s*$/.exec(text) ?? [];
  const typed = decodeBase64(encoded);
  if (!isKeyName(name) || typed?.length !== 33 || typed[0] !== ED25519[0]) {
    return fault('malformed', 'no key of `plumb key sign-new`');
  }
  const keyId = Uint8Array.from(id.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return ok({ name, keyId, seed: typed.slice(1) });
}
