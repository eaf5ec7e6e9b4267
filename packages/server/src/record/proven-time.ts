import type { X509Certificate } from 'node:crypto';
import {
  type Checkpoint,
  encodeUtf8,
  formatCheckpoint,
  Frontier,
  HASH_BYTES,
  partialTiles,
  readTile,
  type Result,
} from '@plumbline/ledger';

import { primitives } from '../ledger/primitives.ts';
import type { OfflineRecord } from './offline.ts';
import { checkTimestamp, type ProvenTime } from './verify-timestamp.ts';

/** When a log had its first entries, as an authority says. */
export type Dated = ProvenTime & { readonly size: number };

/**
 * Returns what the newest time-stamp of a verified log proves, or null when it has none.
 *
 * Errors: a fault of the time-stamp, which is `bad-signature` whatever is wrong with it.
 */
export async function provenTime(
  { source, stampedSizes }: OfflineRecord,
  checkpoint: Checkpoint,
  trusted: readonly X509Certificate[],
): Promise<Result<Dated | null>> {
  const size = stampedSizes(checkpoint.size).findLast((each) => each <= checkpoint.size);
  if (size === undefined) return { ok: true, value: null };
  const path = `timestamps/${size}.tsr`;
  const answer = await source.read(path);
  if (answer === undefined) return { ok: true, value: null };
  const text = await textAt({ source, checkpoint }, size);
  if (!text.ok) return text;
  const checked = checkTimestamp(answer, { text: text.value, trusted });
  return checked.ok
    ? { ok: true, value: { ...checked.value, size } }
    : { ok: false, error: { code: 'bad-signature', message: `${path}: ${checked.message}` } };
}

/** Returns the signed text of the log's checkpoint of an earlier size. */
async function textAt(
  { source, checkpoint }: Pick<OfflineRecord, 'source'> & { readonly checkpoint: Checkpoint },
  size: number,
): Promise<Result<Uint8Array>> {
  const tiles: Uint8Array[] = [];
  for (const { level, index, width } of partialTiles(size)) {
    const tile = await readTile(source, { level, index, size: checkpoint.size });
    if (!tile.ok) return tile;
    tiles.push(tile.value.subarray(0, width * HASH_BYTES));
  }
  const given = { sha256: primitives.sha256, takeFullTile: (): void => undefined };
  const root = Frontier.resume(given, size, tiles)?.root();
  if (root === undefined) throw new Error('bug: the tiles of a verified log have their width');
  const { origin } = checkpoint;
  return { ok: true, value: encodeUtf8(formatCheckpoint({ origin, size, root })) };
}
