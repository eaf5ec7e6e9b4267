import { randomBytes } from 'node:crypto';
import { pactStatement } from '@plumbline/core';
import {
  formatNote,
  formatSigningKey,
  formatVerifierKey,
  parseSigningKey,
  type Result,
  signText,
  verifierKey,
} from '@plumbline/ledger';

import { primitives, signerOf } from '../ledger/primitives.ts';
import type { PactAt } from './services.ts';

/** A key that signs pacts: the line of its secret half, and the one line that verifies it. */
export type SigningKey = { readonly secret: string; readonly verifierKey: string };

/**
 * Returns a key made of the system's randomness.
 *
 * Errors: `malformed` for a name that cannot stand in a signature line.
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
  const secret = formatSigningKey({ name, keyId: key.keyId, seed });
  return { ok: true, value: { secret, verifierKey: formatVerifierKey(key) } };
}

/** Returns the signed note that says a key's owner wants this pact, or undefined for no key. */
export async function signPact(secret: string, of: PactAt): Promise<string | undefined> {
  const read = parseSigningKey(secret);
  if (!read.ok) return undefined;
  const text = pactStatement(of);
  const signer = signerOf(read.value.name, read.value.seed);
  return formatNote({ text, signatures: [await signText(signer, text)] });
}
