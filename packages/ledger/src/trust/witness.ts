import { decodeUtf8, encodeBase64, encodeUtf8, parseDecimal } from '../bytes.ts';
import { type OpenedCheckpoint, readCheckpoint } from '../note/checkpoint.ts';
import { type Note, type NoteSignature, parseSignatures } from '../note/note.ts';
import type { Primitives } from '../primitives.ts';
import { type Result, fault, ok } from '../result.ts';
import { findSignature, isLineOf } from '../note/signature.ts';
import { parseHashes } from './tlog-proof.ts';
import type { VerifierKey } from '../note/verifier-key.ts';

/** What a witness is asked to cosign: a checkpoint, and the proof from the last one it saw. */
export type AddCheckpoint = {
  readonly earlierSize: number;
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint, byte for byte. */
  readonly checkpoint: string;
};

/** Returns the body of `POST <prefix>/add-checkpoint`. Source: c2sp.org/tlog-witness. */
export function formatAddCheckpoint({ earlierSize, proof, checkpoint }: AddCheckpoint): string {
  return `${[`old ${earlierSize}`, ...proof.map(encodeBase64)].join('\n')}\n\n${checkpoint}`;
}

/** Returns the parts of such a body, as a witness reads it; nothing is verified yet. */
export function parseAddCheckpoint(
  bytes: Uint8Array,
): Result<Omit<AddCheckpoint, 'checkpoint'> & OpenedCheckpoint> {
  const text = decodeUtf8(bytes);
  const split = text?.indexOf('\n\n') ?? -1;
  if (text === undefined || split < 0) {
    return fault('malformed', 'request is not UTF-8 text with a blank line before its checkpoint');
  }
  const [first = '', ...lines] = text.slice(0, split).split('\n');
  const earlierSize = first.startsWith('old ') ? parseDecimal(first.slice(4)) : undefined;
  if (earlierSize === undefined) return fault('malformed', 'request has no line `old <decimal>`');
  const proof = parseHashes(lines);
  if (!proof.ok) return proof;
  const read = readCheckpoint(encodeUtf8(text.slice(split + 2)));
  if (!read.ok) return read;
  return earlierSize <= read.value.checkpoint.size
    ? ok({ earlierSize, proof: proof.value, ...read.value })
    : fault('malformed', `checkpoint is older than \`old ${earlierSize}\``);
}

/**
 * What a witness answered.
 *
 * behind: it last cosigned another size; prove from there, after checking that this log is not
 * the one that was rolled back.
 * refused: `unknown-log` and `unknown-key` need the witness's operator, `inconsistent` is a fork.
 */
export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly signatures: readonly NoteSignature[] }
  | { readonly kind: 'behind'; readonly size: number }
  | { readonly kind: 'refused'; readonly why: Refusal };

/** Why a witness does not cosign. */
export type Refusal = 'unknown-log' | 'unknown-key' | 'inconsistent' | 'bad-request';

const refusals: ReadonlyMap<number, Refusal> = new Map([
  [400, 'bad-request'],
  [403, 'unknown-key'],
  [404, 'unknown-log'],
  [422, 'inconsistent'],
]);
const MAX_ANSWER_BYTES = 64 * 1024;

/** Returns the answer of an HTTP status and body. Errors: `malformed`. */
export function parseWitnessAnswer(status: number, body: Uint8Array): Result<WitnessAnswer> {
  const why = refusals.get(status);
  if (why !== undefined) return ok({ kind: 'refused', why });
  const text = body.length > MAX_ANSWER_BYTES ? undefined : decodeUtf8(body);
  if (text === undefined) return fault('malformed', 'witness answer is too long or not UTF-8');
  if (status === 409) {
    const size = text.endsWith('\n') ? parseDecimal(text.slice(0, -1)) : undefined;
    if (size === undefined) return fault('malformed', 'witness answer 409 without its size');
    return ok({ kind: 'behind', size });
  }
  if (status !== 200) return fault('malformed', `witness answered status ${status}`);
  const signatures = parseSignatures(text);
  return signatures.ok ? ok({ kind: 'cosigned', signatures: signatures.value }) : signatures;
}

/**
 * Returns the checkpoint with this witness's verified lines of an answer added; lines of any
 * other key are dropped.
 *
 * Errors: `missing` without such a line, `bad-signature`.
 */
export async function addCosignature(
  primitives: Primitives,
  note: Note,
  answer: { readonly key: VerifierKey; readonly signatures: readonly NoteSignature[] },
): Promise<Result<Note>> {
  const { key } = answer;
  const offered = { text: note.text, signatures: answer.signatures };
  const signed = await findSignature(primitives, offered, key);
  if (!signed.ok) return signed;
  if (signed.value === undefined || key.type !== 'cosignature') {
    return fault('missing', `no cosignature of \`${key.name}\` in its answer`);
  }
  const own = answer.signatures.filter((line) => isLineOf(line, key));
  return ok({ text: note.text, signatures: [...note.signatures, ...own] });
}
