import { RecordCheck, type RecordReport } from '@plumbline/core';
import {
  assessCheckpoint,
  type Checkpoint,
  findSignature,
  isHandover,
  keyInForce,
  type KnownLog,
  leafHash,
  type LogSource,
  parseBundle,
  parseTilePath,
  type PlacedEntry,
  type Policy,
  readCheckpoint,
  type Result,
  standing,
  type Standing,
  TILE_WIDTH,
  traceKeys,
  type VerifierKey,
  verifyLog,
} from '@plumbline/ledger';

import { primitives } from '../ledger/primitives.ts';
import type { OfflineRecord } from './offline.ts';
import { Opener, type ReadEntry } from './opener.ts';
import { verifyPack } from './verify-pack.ts';

/** Whom a verifier trusts, and how much it checks. */
export type VerifyOptions = {
  /** The key of the log at size 0, or null: nothing can be said of signatures then. */
  readonly key: VerifierKey | null;
  /** What was seen of this log before, where its operator cannot write. */
  readonly known: KnownLog | null;
  readonly policy: Policy | null;
  /** Only the tree, the checkpoint and its signatures. */
  readonly isTreeOnly: boolean;
  readonly heartbeatMs: number;
  /** Is told how many entries of how many were seen. */
  readonly onProgress: (done: number, total: number) => void;
};

/** What a record was found to be. Nothing in it failed, but decisions may have mismatched. */
export type Verified = {
  readonly checkpoint: Checkpoint;
  readonly tileCount: number;
  readonly standing: Standing;
  /** The key in force at this size, or null when no trusted key signed. */
  readonly key: VerifierKey | null;
  readonly cosignedBy: readonly string[];
  /** Null when only the tree was checked. */
  readonly record: RecordReport | null;
};

/**
 * Verifies a whole log or an evidence pack: tree, checkpoint, anchors and witnesses, and every
 * entry as spec/entries.md asks. Returns the first fault with its place.
 *
 * Errors: `OfflineError` when files cannot be read.
 */
export async function verifyRecord(
  record: OfflineRecord,
  options: VerifyOptions,
): Promise<Result<Verified>> {
  const bytes = await record.source.read('checkpoint');
  if (bytes === undefined) return fault('missing', 'checkpoint: no such file in the log');
  const opened = readCheckpoint(bytes);
  if (!opened.ok) return fault(opened.error.code, `checkpoint: ${opened.error.message}`);
  const { checkpoint } = opened.value;
  const check = options.isTreeOnly ? null : checkOf(record, options);
  const seen =
    record.packFolder === null
      ? await seeLog(record, { checkpoint, check, options })
      : await verifyPack(record, { checkpoint, check });
  if (!seen.ok) return seen;
  const trusted = await trust(opened.value, seen.value.handovers, options);
  if (!trusted.ok) return trusted;
  const { key, cosignedBy, hasQuorum } = trusted.value;
  const isAnchored = options.known !== null && record.packFolder === null;
  return {
    ok: true,
    value: {
      checkpoint,
      tileCount: seen.value.tileCount,
      standing: standing({ isSigned: key !== null, isAnchored, isTimestamped: false, hasQuorum }),
      key,
      cosignedBy,
      record: check?.record.report() ?? null,
    },
  };
}

/** `bundle`: what was read last, so that no entry is parsed twice. */
type Check = { readonly record: RecordCheck; readonly opener: Opener; bundle: Bundle };

type Bundle = { readonly from: number; readonly entries: readonly ReadEntry[] };

/** What a pass over the files left for later. */
export type Seen = { readonly tileCount: number; readonly handovers: readonly PlacedEntry[] };

function checkOf(record: OfflineRecord, { heartbeatMs }: VerifyOptions): Check {
  const opener = new Opener(record);
  const isPartial = record.packFolder !== null;
  return {
    record: new RecordCheck(opener, { heartbeatMs, isPartial }),
    opener,
    bundle: { from: 0, entries: [] },
  };
}

async function seeLog(
  { source }: OfflineRecord,
  {
    checkpoint,
    check,
    options,
  }: {
    readonly checkpoint: Checkpoint;
    readonly check: Check | null;
    readonly options: VerifyOptions;
  },
): Promise<Result<Seen>> {
  const handovers: PlacedEntry[] = [];
  const { known, onProgress } = options;
  const checkEntry = (entry: Uint8Array, index: number): string | undefined => {
    if (isHandover(entry)) {
      handovers.push({ index, entry: entry.slice() });
      return undefined;
    }
    if (index % TILE_WIDTH === 0) onProgress(index, checkpoint.size);
    if (check === null) return undefined;
    const read = check.bundle.entries[index - check.bundle.from];
    if (read === undefined) throw new Error('bug: an entry is read before it is checked');
    if (!read.ok) return read.error;
    const leaf = Buffer.from(leafHash(primitives.sha256, entry).buffer).toString('base64');
    return check.record.takeEntry(read.value, index, leaf);
  };
  const verified = await verifyLog(primitives.sha256, {
    source: check === null ? source : preparing(source, { check, size: checkpoint.size }),
    checkpoint,
    anchors: known === null ? [] : [known],
    checkEntry,
  });
  return verified.ok
    ? { ok: true, value: { tileCount: verified.value.tileCount, handovers } }
    : verified;
}

/** Entries are checked without waiting, so what a bundle needs is fetched when it is read. */
function preparing(
  source: LogSource,
  { check, size }: { readonly check: Check; readonly size: number },
): LogSource {
  return {
    read: async (path) => {
      const bytes = await source.read(path);
      const tile = parseTilePath(path);
      if (bytes === undefined || tile?.level !== 'entries') return bytes;
      const from = tile.index * TILE_WIDTH;
      const entries = parseBundle(bytes, Math.min(TILE_WIDTH, size - from), true);
      if (!entries.ok) return bytes;
      check.bundle = { from, entries: await check.opener.prepare(entries.value, from) };
      return bytes;
    },
  };
}

type Trusted = {
  readonly key: VerifierKey | null;
  readonly cosignedBy: readonly string[];
  readonly hasQuorum: boolean;
};

type Opened = Extract<ReturnType<typeof readCheckpoint>, { readonly ok: true }>['value'];

async function trust(
  opened: Opened,
  handovers: readonly PlacedEntry[],
  { key, known, policy }: VerifyOptions,
): Promise<Result<Trusted>> {
  const { origin, size } = opened.checkpoint;
  const assessed = policy === null ? null : await assessCheckpoint(primitives, policy, opened);
  if (assessed?.ok === false) return assessed;
  const cosignedBy = assessed?.value.cosigned.map(({ witness }) => witness) ?? [];
  const hasQuorum = assessed?.value.hasQuorum ?? false;
  const ofPolicy = policy?.logs.find((log) => log.key.name === origin)?.key;
  // A known log's key was in force at its size: what handed over before led to it.
  const first = known?.key ?? key ?? ofPolicy ?? null;
  if (first === null) return ok({ key: null, cosignedBy, hasQuorum });
  if (first.name !== origin) {
    return fault('mismatch', `checkpoint is of \`${origin}\`, the key is of \`${first.name}\``);
  }
  const since = known === null ? 0 : known.size;
  const traced = await traceKeys(
    primitives,
    first,
    handovers.filter(({ index }) => index >= since),
  );
  if (!traced.ok) return traced;
  const inForce = keyInForce(traced.value, size) ?? first;
  const signed = await findSignature(primitives, opened.note, inForce);
  if (!signed.ok) return fault(signed.error.code, `checkpoint: ${signed.error.message}`);
  return ok({ key: signed.value === undefined ? null : inForce, cosignedBy, hasQuorum });
}

function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

function fault<T>(
  code: Extract<Result<T>, { readonly ok: false }>['error']['code'],
  message: string,
): Result<T> {
  return { ok: false, error: { code, message } };
}
