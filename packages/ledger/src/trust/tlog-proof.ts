import { type Assessment, assessCheckpoint, requireAccepted } from './assess.ts';
import { decodeBase64, decodeUtf8, encodeBase64, encodeUtf8, parseDecimal } from '../bytes.ts';
import { readCheckpoint } from '../note/checkpoint.ts';
import { MAX_ENTRY_BYTES } from '../tree/bundle.ts';
import { isHash, leafHash } from '../tree/hash.ts';
import type { Policy } from './policy.ts';
import type { Primitives } from '../primitives.ts';
import { type Result, fault, ok } from '../result.ts';
import { MAX_PROOF_HASHES, verifyInclusion } from '../tree/verify-proof.ts';

/** A proof that travels alone, in a file ending in `.tlog-proof`. */
export type TlogProof = {
  /** Whatever the application adds. Nothing signs it. */
  readonly extra?: Uint8Array;
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  /** The signed checkpoint, byte for byte. */
  readonly checkpoint: string;
};

const HEADER = 'c2sp.org/tlog-proof@v1';
const MAX_PROOF_BYTES = 1_200_000;

/** Returns the file of a proof. Source: c2sp.org/tlog-proof. */
export function formatTlogProof({ extra, index, hashes, checkpoint }: TlogProof): string {
  const extraLine = extra === undefined ? [] : [`extra ${encodeBase64(extra)}`];
  const lines = [HEADER, ...extraLine, `index ${index}`, ...hashes.map(encodeBase64)];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** Returns the proof of a file as strictly as it can be read. Nothing is verified yet. */
export function parseTlogProof(bytes: Uint8Array): Result<TlogProof> {
  if (bytes.length > MAX_PROOF_BYTES) return fault('malformed', 'proof is longer than a megabyte');
  const text = decodeUtf8(bytes);
  const split = text?.indexOf('\n\n') ?? -1;
  if (text === undefined || split < 0) {
    return fault('malformed', 'proof is not UTF-8 text with a blank line before its checkpoint');
  }
  const [header, ...lines] = text.slice(0, split).split('\n');
  if (header !== HEADER) return fault('malformed', `proof must start with \`${HEADER}\``);
  const extra = lines[0]?.startsWith('extra ') === true ? lines.shift()?.slice(6) : undefined;
  const extraBytes = extra === undefined ? undefined : decodeBase64(extra);
  if (extra !== undefined && extraBytes === undefined) {
    return fault('malformed', 'proof line `extra` is not base64');
  }
  const [, indexText = ''] = /^index ([0-9]+)$/.exec(lines.shift() ?? '') ?? [];
  const index = parseDecimal(indexText);
  if (index === undefined) return fault('malformed', 'proof has no line `index <decimal>`');
  const hashes = parseHashes(lines);
  if (!hashes.ok) return hashes;
  const proof = { index, hashes: hashes.value, checkpoint: text.slice(split + 2) };
  return ok(extraBytes === undefined ? proof : { ...proof, extra: extraBytes });
}

/** Returns the hashes of a proof's lines, at most 63 of them. */
export function parseHashes(lines: readonly string[]): Result<readonly Uint8Array[]> {
  if (lines.length > MAX_PROOF_HASHES) {
    return fault('malformed', `proof has more than ${MAX_PROOF_HASHES} hashes`);
  }
  const hashes = lines.map(decodeBase64).filter(isHash);
  return hashes.length === lines.length
    ? ok(hashes)
    : fault('malformed', 'proof has a line that is not the base64 of 32 bytes');
}

/**
 * Returns what the checkpoint is worth when the proof shows that the log holds exactly this entry
 * and the policy accepts the checkpoint.
 *
 * Errors: `malformed`, `missing`, `bad-signature`, and `mismatch` when the entry is not there.
 */
export async function verifyTlogProof(
  primitives: Primitives,
  policy: Policy,
  { proof, entry }: { readonly proof: TlogProof; readonly entry: Uint8Array },
): Promise<Result<Assessment>> {
  if (entry.length > MAX_ENTRY_BYTES) return fault('malformed', 'entry is longer than a log holds');
  const read = readCheckpoint(encodeUtf8(proof.checkpoint));
  if (!read.ok) return read;
  const assessed = await assessCheckpoint(primitives, policy, read.value);
  const accepted = assessed.ok ? requireAccepted(policy, assessed.value) : assessed;
  if (!accepted.ok) return accepted;
  const { size, root } = accepted.value.checkpoint;
  const { index, hashes } = proof;
  const leaf = leafHash(primitives.sha256, entry);
  return verifyInclusion(primitives.sha256, { leaf, index, size, root, proof: hashes })
    ? accepted
    : fault('mismatch', `the log of ${size} entries does not hold this entry at ${index}`);
}
