import { ed25519 } from '@noble/curves/ed25519.js';
import { pactStatement } from '@plumbline/core';
import {
  encodeHex,
  encodeUtf8,
  findSignature,
  formatNote,
  parseNote,
  parseSigningKey,
  parseVerifierKey,
  type Result,
  signText,
  type VerifierKey,
  verifierKey,
} from '@plumbline/ledger';

import { primitives } from '../../../data/primitives.ts';

/** Which version of whose pact is signed. */
export type Signed = { readonly agent: string; readonly digest: string };

/** One of those whose signatures are asked for, and whether theirs is there. */
export type SignerState = {
  readonly name: string;
  readonly id: string;
  readonly hasSigned: boolean;
};

/**
 * Returns the signed note that `plumb pact sign` makes of the same key, byte for byte.
 *
 * secret: what the file of the key holds. It is read here and kept nowhere.
 * Errors: what is no key, or not the key of one who is asked.
 */
export async function signWith(
  secret: string,
  of: Signed,
  signers: readonly string[],
): Promise<Result<string>> {
  const read = parseSigningKey(secret);
  if (!read.ok) return read;
  const { name, seed } = read.value;
  const publicKey = ed25519.getPublicKey(seed);
  const key = verifierKey(primitives.sha256, { name, type: 'ed25519', publicKey });
  if (!key.ok) return key;
  if (!keysOf(signers).some((each) => isSame(each, key.value))) {
    return wrong(`the key \`${name}\` is none of those whose signatures are asked for`);
  }
  const text = pactStatement(of);
  const signer = { key: key.value, sign: (message: Uint8Array) => ed25519.sign(message, seed) };
  return { ok: true, value: formatNote({ text, signatures: [await signText(signer, text)] }) };
}

/** Takes a signature somebody made elsewhere. Errors: what it is not, in words. */
export async function takeSignature(
  note: string,
  of: Signed,
  signers: readonly string[],
): Promise<Result<string>> {
  const read = parseNote(encodeUtf8(note));
  if (!read.ok) return wrong(`no signature of \`plumb pact sign\`: ${read.error.message}`);
  if (read.value.text !== pactStatement(of)) {
    return wrong(`it signs something else than this version for ${of.agent}`);
  }
  for (const key of keysOf(signers)) {
    const found = await findSignature(primitives, read.value, key);
    if (!found.ok) return found;
    if (found.value !== undefined) return { ok: true, value: note };
  }
  return wrong('nobody whose signature is asked for has signed it');
}

/** Returns who has signed a version, and who has not; what does not verify counts for nobody. */
export async function signerStates(
  notes: readonly string[],
  of: Signed,
  signers: readonly string[],
): Promise<readonly SignerState[]> {
  const states = keysOf(signers).map(async (key) => {
    const found = await Promise.all(notes.map((note) => isBy(note, of, key)));
    return { name: key.name, id: encodeHex(key.keyId), hasSigned: found.includes(true) };
  });
  return Promise.all(states);
}

async function isBy(note: string, of: Signed, key: VerifierKey): Promise<boolean> {
  const read = parseNote(encodeUtf8(note));
  if (!read.ok || read.value.text !== pactStatement(of)) return false;
  const found = await findSignature(primitives, read.value, key);
  return found.ok && found.value !== undefined;
}

function keysOf(signers: readonly string[]): readonly VerifierKey[] {
  return signers.flatMap((text) => {
    const key = parseVerifierKey(primitives.sha256, text);
    return key.ok ? [key.value] : [];
  });
}

function isSame(one: VerifierKey, other: VerifierKey): boolean {
  return one.name === other.name && encodeHex(one.publicKey) === encodeHex(other.publicKey);
}

function wrong(message: string): Result<never> {
  return { ok: false, error: { code: 'malformed', message } };
}
