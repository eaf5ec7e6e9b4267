import { encodeUtf8, equalBytes } from '../bytes.ts';
import type { Note, NoteSignature } from './note.ts';
import type { Primitives, SignEd25519 } from '../primitives.ts';
import { type Result, fault, ok } from '../result.ts';
import type { VerifierKey } from './verifier-key.ts';

/** A key that can sign: its public half, and a function that holds the private one. */
export type Signer = { readonly key: VerifierKey; readonly sign: SignEd25519 };

/** A checked signature of one key. Witnesses state the time, in seconds since 1970. */
export type Signed = { readonly key: VerifierKey; readonly timeSeconds?: number };

const SIGNATURE_BYTES = 64;
const TIME_BYTES = 8;

/** Returns a log's signature over a text, which must end in a line feed. */
export async function signText(signer: Signer, text: string): Promise<NoteSignature> {
  if (signer.key.type !== 'ed25519') throw new Error('bug: a witness key signs with a time');
  const signature = await signer.sign(encodeUtf8(text));
  return { name: signer.key.name, keyId: signer.key.keyId, signature };
}

/** Returns a witness's signature over a checkpoint's text at a time. */
export async function cosignText(
  signer: Signer,
  text: string,
  timeSeconds: number,
): Promise<NoteSignature> {
  if (signer.key.type !== 'cosignature') throw new Error('bug: a log key signs without a time');
  const signature = new Uint8Array(TIME_BYTES + SIGNATURE_BYTES);
  new DataView(signature.buffer).setBigUint64(0, BigInt(timeSeconds));
  signature.set(await signer.sign(cosignedMessage(text, timeSeconds)), TIME_BYTES);
  return { name: signer.key.name, keyId: signer.key.keyId, signature };
}

/**
 * Returns the key's signature on a note, or undefined when it has none: signatures of other keys
 * say nothing. Of several cosignatures the latest counts.
 *
 * Errors: `bad-signature` as soon as one line of this very key does not verify.
 */
export async function findSignature(
  { verifyEd25519 }: Primitives,
  note: Note,
  key: VerifierKey,
): Promise<Result<Signed | undefined>> {
  let found: Signed | undefined;
  for (const line of note.signatures) {
    if (!isLineOf(line, key)) continue;
    const signed = readSigned(note.text, line, key);
    const isValid =
      signed !== undefined &&
      (await verifyEd25519(key.publicKey, signed.message, signed.signature));
    if (!isValid) return fault('bad-signature', `signature of \`${key.name}\` does not verify`);
    const { timeSeconds } = signed;
    if (timeSeconds === undefined) found = { key };
    else if (timeSeconds >= (found?.timeSeconds ?? 0)) found = { key, timeSeconds };
  }
  return ok(found);
}

/** Returns whether a signature line bears the name and id of a key. */
export function isLineOf(line: NoteSignature, key: VerifierKey): boolean {
  return line.name === key.name && equalBytes(line.keyId, key.keyId);
}

type SignedBytes = {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly timeSeconds?: number;
};

function readSigned(
  text: string,
  { signature }: NoteSignature,
  { type }: VerifierKey,
): SignedBytes | undefined {
  if (type === 'ed25519') {
    return signature.length === SIGNATURE_BYTES
      ? { message: encodeUtf8(text), signature }
      : undefined;
  }
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
  const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  const timeSeconds = Number(time);
  if (!Number.isSafeInteger(timeSeconds)) return undefined;
  const message = cosignedMessage(text, timeSeconds);
  return { message, signature: signature.subarray(TIME_BYTES), timeSeconds };
}

// SPEC: c2sp.org/tlog-cosignature, Ed25519 signed message.
function cosignedMessage(text: string, timeSeconds: number): Uint8Array {
  return encodeUtf8(`cosignature/v1\ntime ${timeSeconds}\n${text}`);
}
