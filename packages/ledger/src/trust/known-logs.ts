import { decodeBase64, encodeBase64, parseDecimal } from '../bytes.ts';
import type { Checkpoint } from '../note/checkpoint.ts';
import { isHash } from '../tree/hash.ts';
import type { Sha256 } from '../primitives.ts';
import { type Result, fault, ok } from '../result.ts';
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '../note/verifier-key.ts';
import { parseWordedLines } from './worded-lines.ts';

/**
 * What a verifier keeps of a log between visits, where the log's operator cannot write: its key
 * and the greatest checkpoint that verified. The key's name is the log's origin.
 */
export type KnownLog = {
  readonly key: VerifierKey;
  readonly size: number;
  readonly root: Uint8Array;
};

const MAX_LOGS = 1_000;

/** Returns the file of known logs: `log <vkey> <size> <root>`, one a line. */
export function formatKnownLogs(logs: readonly KnownLog[]): string {
  const lines = logs.map(
    ({ key, size, root }) => `log ${formatVerifierKey(key)} ${size} ${encodeBase64(root)}\n`,
  );
  return lines.join('');
}

/** Returns the known logs of a file, each origin once. Errors: `malformed`, with the line. */
export function parseKnownLogs(sha256: Sha256, bytes: Uint8Array): Result<readonly KnownLog[]> {
  const lines = parseWordedLines(bytes);
  if (!lines.ok) return lines;
  if (lines.value.length > MAX_LOGS) return fault('malformed', `more than ${MAX_LOGS} logs`);
  const logs = new Map<string, KnownLog>();
  for (const { number, words } of lines.value) {
    const known = parseKnownLog(sha256, words);
    if (!known.ok) return fault('malformed', `line ${number}: ${known.error.message}`);
    const { name } = known.value.key;
    if (logs.has(name)) return fault('malformed', `line ${number}: \`${name}\` is known already`);
    logs.set(name, known.value);
  }
  return ok([...logs.values()]);
}

function parseKnownLog(sha256: Sha256, words: readonly string[]): Result<KnownLog> {
  const [keyword, keyText = '', sizeText = '', rootText = '', ...rest] = words;
  const key = parseVerifierKey(sha256, keyText);
  if (!key.ok) return key;
  const size = parseDecimal(sizeText);
  const root = decodeBase64(rootText);
  const isLine = keyword === 'log' && rest.length === 0 && key.value.type === 'ed25519';
  return isLine && size !== undefined && isHash(root)
    ? ok({ key: key.value, size, root })
    : fault('malformed', 'must be `log <vkey> <size> <root>` with a log key');
}

/**
 * Returns the known logs after a checkpoint of one of them was verified against what was known:
 * the same list with that log moved on, or added. A smaller size changes nothing.
 *
 * key: the log key in force at that checkpoint.
 */
export function rememberCheckpoint(
  logs: readonly KnownLog[],
  key: VerifierKey,
  { size, root }: Checkpoint,
): readonly KnownLog[] {
  const known = logs.find((each) => each.key.name === key.name);
  const moved = { key, size, root };
  if (known === undefined) return [...logs, moved];
  return known.size > size ? logs : logs.map((each) => (each === known ? moved : each));
}
