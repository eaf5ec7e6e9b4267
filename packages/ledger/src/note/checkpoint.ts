import { decodeBase64, encodeBase64, parseDecimal } from '../bytes.ts';
import { isHash } from '../tree/hash.ts';
import { formatNote, type Note, parseNote } from './note.ts';
import type { Primitives } from '../primitives.ts';
import { type Result, fault, ok } from '../result.ts';
import { findSignature, type Signer, signText } from './signature.ts';
import { isKeyName, type VerifierKey } from './verifier-key.ts';

/** The state of a log: which one, how many entries, and the root over all of them. */
export type Checkpoint = {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
};

/** Returns the three lines that are signed. Source: c2sp.org/tlog-checkpoint. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${encodeBase64(root)}\n`;
}

/** Returns the checkpoint of a note's text: three lines exactly, without extension lines. */
export function parseCheckpoint(text: string): Result<Checkpoint> {
  const [origin = '', sizeText = '', rootText = '', end, ...rest] = text.split('\n');
  if (end !== '' || rest.length > 0) {
    return fault('malformed', 'checkpoint must have three lines: origin, size, root');
  }
  if (!isKeyName(origin)) return fault('malformed', 'checkpoint origin is not a log name');
  const size = parseDecimal(sizeText);
  if (size === undefined) return fault('malformed', 'checkpoint size is not a decimal below 2^53');
  const root = decodeBase64(rootText);
  return isHash(root)
    ? ok({ origin, size, root })
    : fault('malformed', 'checkpoint root is not the base64 of 32 bytes');
}

/** Returns the signed checkpoint as published. The origin must be the signer's name. */
export async function signCheckpoint(signer: Signer, checkpoint: Checkpoint): Promise<string> {
  if (checkpoint.origin !== signer.key.name) throw new Error('bug: signer of another log');
  const text = formatCheckpoint(checkpoint);
  return formatNote({ text, signatures: [await signText(signer, text)] });
}

/** A checkpoint whose log signature verified, and the note it came in. */
export type OpenedCheckpoint = { readonly checkpoint: Checkpoint; readonly note: Note };

/**
 * Returns the checkpoint in signed bytes when this log key signed it.
 *
 * Errors: `malformed`, `missing` when the key did not sign, `bad-signature`, and `mismatch` when
 * the origin is not the key's name.
 */
export async function openCheckpoint(
  primitives: Primitives,
  bytes: Uint8Array,
  key: VerifierKey,
): Promise<Result<OpenedCheckpoint>> {
  const read = readCheckpoint(bytes);
  if (!read.ok) return read;
  const { checkpoint, note } = read.value;
  const signed = await findSignature(primitives, note, key);
  if (!signed.ok) return signed;
  if (signed.value === undefined || key.type !== 'ed25519') {
    return fault('missing', `checkpoint is not signed by log key \`${key.name}\``);
  }
  if (checkpoint.origin !== key.name) {
    return fault('mismatch', `checkpoint of \`${checkpoint.origin}\`, signed for \`${key.name}\``);
  }
  return ok({ checkpoint, note });
}

/** Returns the checkpoint in bytes before any signature is checked. */
export function readCheckpoint(bytes: Uint8Array): Result<OpenedCheckpoint> {
  const note = parseNote(bytes);
  if (!note.ok) return note;
  const checkpoint = parseCheckpoint(note.value.text);
  return checkpoint.ok ? ok({ checkpoint: checkpoint.value, note: note.value }) : checkpoint;
}
