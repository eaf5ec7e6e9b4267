import { randomBytes } from 'node:crypto';
import {
  decodeBase64,
  encodeBase64,
  encodeHex,
  formatNote,
  formatVerifierKey,
  type Result,
  type Signer,
  signText,
  verifierKey,
} from '@plumbline/ledger';

import { primitives, signerOf } from '../ledger/primitives.ts';
import { pactStatement } from './pact-signatures.ts';
import type { PactAt } from './services.ts';

/** A key that signs pacts: the line of its secret half, and the one line that verifies it. */
export type SigningKey = { readonly secret: string; readonly verifierKey: string };

const ED25519 = 1;

/**
 * Returns a key made of the system's randomness, in the form Go's note package keeps its keys.
 *
 * Errors: `malformed` for a name that cannot stand in a signature line.
 * Source: golang.org/x/mod/sumdb/note, "Generating Keys".
 */
export function makeSigningKey(name: string): Result<SigningKey> {
  const named = verifierKey(primitives.sha256, {
    name,
    type: 'ed25519',
    publicKey: new Uint8Array(32),
  });
  if (!named.ok) return named;
  const seed = randomBytes(32);
  const { key } = signerOf(name, seed);
  const typed = encodeBase64(Buffer.concat([Buffer.of(ED25519), seed]));
  const secret = `PRIVATE+KEY+${name}+${encodeHex(key.keyId)}+${typed}\n`;
  return { ok: true, value: { secret, verifierKey: formatVerifierKey(key) } };
}

/** Returns the signed note that says a key's owner wants this pact, or undefined for no key. */
export async function signPact(secret: string, of: PactAt): Promise<string | undefined> {
  const signer = readSigningKey(secret);
  if (signer === undefined) return undefined;
  const text = pactStatement(of);
  return formatNote({ text, signatures: [await signText(signer, text)] });
}

function readSigningKey(text: string): Signer | undefined {
  const [, name, , encoded] =
    /^PRIVATE\+KEY\+([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44})\s*$/.exec(text) ?? [];
  const typed = decodeBase64(encoded ?? '');
  if (name === undefined || typed?.length !== 33 || typed[0] !== ED25519) return undefined;
  return signerOf(name, typed.subarray(1));
}
