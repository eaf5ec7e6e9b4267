import { encodeUtf8 } from '../bytes.ts';
import { formatNote, parseNote } from '../note/note.ts';
import type { Primitives, Sha256 } from '../primitives.ts';
import { type Result, fault, ok } from '../result.ts';
import { findSignature, type Signer, signText } from '../note/signature.ts';
import {
  formatVerifierKey,
  parseVerifierKey,
  sameKey,
  type VerifierKey,
} from '../note/verifier-key.ts';

/** An entry with its place in the log, which the caller has verified. */
export type PlacedEntry = { readonly index: number; readonly entry: Uint8Array };

/** A key, and the smallest size of a checkpoint it may sign, until the next period begins. */
export type KeyPeriod = { readonly key: VerifierKey; readonly fromSize: number };

const HEADER = 'plumbline-key-handover/v1';
const headerBytes = encodeUtf8(`${HEADER}\n`);
const MAX_HANDOVERS = 1_000;

/**
 * Returns the entry by which one log key hands over to its successor: a note that names both and
 * that both sign. Both keys bear the log's origin as their name.
 */
export async function signHandover(retiring: Signer, succeeding: Signer): Promise<Uint8Array> {
  const [from, to] = [retiring.key, succeeding.key];
  if (from.name !== to.name || sameKey(from, to)) throw new Error('bug: not a successor');
  const text = `${HEADER}\n${formatVerifierKey(from)}\n${formatVerifierKey(to)}\n`;
  const signatures = [await signText(retiring, text), await signText(succeeding, text)];
  return encodeUtf8(formatNote({ text, signatures }));
}

/** Returns whether an entry says it is a hand-over. Every other entry is a JSON object. */
export function isHandover(entry: Uint8Array): boolean {
  return headerBytes.every((byte, at) => entry[at] === byte);
}

/**
 * Returns which key was in force when, from the first key the verifier trusts and all hand-over
 * entries of the log, in order.
 *
 * Errors: `malformed`; `mismatch` when an entry does not hand over the key in force, or goes back
 * to an earlier key; `missing` or `bad-signature` unless both keys signed.
 */
export async function traceKeys(
  primitives: Primitives,
  first: VerifierKey,
  handovers: readonly PlacedEntry[],
): Promise<Result<readonly KeyPeriod[]>> {
  if (handovers.length > MAX_HANDOVERS) return fault('malformed', 'too many hand-overs');
  const periods: KeyPeriod[] = [{ key: first, fromSize: 0 }];
  for (const { index, entry } of handovers) {
    const inForce = periods.at(-1)?.key ?? first;
    const successor = await verifyHandover(primitives, inForce, entry);
    if (!successor.ok) {
      return fault(successor.error.code, `entry ${index}: ${successor.error.message}`);
    }
    const fromSize = index + 1;
    const isBack = periods.some(({ key }) => sameKey(key, successor.value));
    if (isBack || fromSize <= (periods.at(-1)?.fromSize ?? 0)) {
      return fault('mismatch', `entry ${index}: hands over to an earlier key, or out of order`);
    }
    periods.push({ key: successor.value, fromSize });
  }
  return ok(periods);
}

/** Returns the key that must have signed a checkpoint of this size. */
export function keyInForce(periods: readonly KeyPeriod[], size: number): VerifierKey | undefined {
  return periods.findLast(({ fromSize }) => fromSize <= size)?.key;
}

async function verifyHandover(
  primitives: Primitives,
  inForce: VerifierKey,
  entry: Uint8Array,
): Promise<Result<VerifierKey>> {
  const note = parseNote(entry);
  if (!note.ok) return note;
  const keys = parseHandover(primitives.sha256, note.value.text);
  if (!keys.ok) return keys;
  const { from, to } = keys.value;
  if (!sameKey(from, inForce) || to.name !== from.name) {
    return fault('mismatch', `hand-over from a key that is not in force for \`${inForce.name}\``);
  }
  for (const key of [from, to]) {
    const signed = await findSignature(primitives, note.value, key);
    if (!signed.ok) return signed;
    if (signed.value === undefined)
      return fault('missing', 'hand-over must be signed by both keys');
  }
  return ok(to);
}

type Handover = { readonly from: VerifierKey; readonly to: VerifierKey };

function parseHandover(sha256: Sha256, text: string): Result<Handover> {
  const [header, fromText = '', toText = '', end, ...rest] = text.split('\n');
  const from = parseVerifierKey(sha256, fromText);
  const to = parseVerifierKey(sha256, toText);
  if (!from.ok) return from;
  if (!to.ok) return to;
  const isShaped = header === HEADER && end === '' && rest.length === 0;
  return isShaped && from.value.type === 'ed25519' && to.value.type === 'ed25519'
    ? ok({ from: from.value, to: to.value })
    : fault('malformed', 'hand-over must be a header and two log keys');
}
