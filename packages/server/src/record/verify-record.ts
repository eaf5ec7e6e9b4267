import type { X509Certificate } from 'node:crypto';

import { type Opened, RecordCheck, type RecordReport } from '@plumbline/core';
import {
  assessCheckpoint,
  type Checkpoint,
  findSignature,
  formatVerifierKey,
  keyInForce,
  type KnownLog,
  type Policy,
  type Result,
  standing,
  type Standing,
  traceKeys,
  verifierKey,
  type VerifierKey,
} from '@plumbline/ledger';

import { logNumber } from '../ledger/layout.ts';
import { primitives } from '../ledger/primitives.ts';
import type { OfflineRecord } from './offline.ts';
import { Opener } from './opener.ts';
import { type Dated, provenTime } from './proven-time.ts';
import { readInThread } from './read-in-thread.ts';
import { readLog, type ReadJob, type Seen } from './read-log.ts';
import type { TakenBatch } from './reading-messages.ts';
import {
  type LogPart,
  logsOf,
  missingLog,
  nameOf,
  verifyTiles,
  whyNotContinued,
  whyNotRolled,
} from './rolled-logs.ts';
import { verifyPack } from './verify-pack.ts';

/** Whom a verifier trusts, and how much it checks. */
export type VerifyOptions = {
  /** The key of the log at size 0, or null: nothing can be said of signatures then. */
  readonly key: VerifierKey | null;
  /** What was seen of any log before, where its operator cannot write. */
  readonly known: readonly KnownLog[];
  readonly policy: Policy | null;
  /** Certificates of time-stamping authorities, or of who vouches for them; null: not asked. */
  readonly authorities: readonly X509Certificate[] | null;
  /** Only the tree, the checkpoint and its signatures. */
  readonly isTreeOnly: boolean;
  readonly heartbeatMs: number;
  /** Is told how many entries of how many were seen. */
  readonly onProgress: (done: number, total: number) => void;
};

/** A log before the last one, and what could be shown of it. */
export type EarlierLog = Checkpoint & {
  /** Its entries are gone: its size, order and root hold, and what it said is not known. */
  readonly isDropped: boolean;
};

/** What a record was found to be. Nothing in it failed, but decisions may have mismatched. */
export type Verified = {
  readonly checkpoint: Checkpoint;
  readonly tileCount: number;
  readonly standing: Standing;
  /** The key in force at this size, or null when no trusted key signed. */
  readonly key: VerifierKey | null;
  readonly cosignedBy: readonly string[];
  /** What the newest time-stamp proves; null when there is none, or no authority is trusted. */
  readonly dated: Dated | null;
  /** The latest of the known checkpoints that it extends. */
  readonly extended: KnownLog | null;
  /** The logs it goes on from that are at hand, oldest first. */
  readonly earlier: readonly EarlierLog[];
  /** Null when only the tree was checked. */
  readonly record: RecordReport | null;
};

/** Below it a thread would cost more than it saves. */
const THREAD_FROM = 10_000;

/**
 * Verifies a whole log or an evidence pack: tree, checkpoint, anchors and witnesses, and every
 * entry as spec/entries.md asks; of a log that was rolled over, those before it as well. Returns
 * the first fault with its place.
 *
 * Errors: `OfflineError` when files cannot be read.
 */
export async function verifyRecord(
  record: OfflineRecord,
  options: VerifyOptions,
): Promise<Result<Verified>> {
  const parts = await logsOf(record);
  if (!parts.ok) return parts;
  const last = parts.value.at(-1);
  if (last === undefined) throw new Error('bug: a record has a log');
  const check = options.isTreeOnly ? null : checkOf(record, options);
  const seen = await seeParts(record, parts.value, { check, options });
  if (!seen.ok) return seen;
  const trusted = await trustParts(parts.value, seen.value, options);
  if (!trusted.ok) return trusted;
  const { key, cosignedBy, hasQuorum } = trusted.value;
  const extended = record.packFolder === null ? extendedOf(parts.value, options) : null;
  const { authorities } = options;
  const { checkpoint } = last.opened;
  const dated =
    authorities === null || record.packFolder !== null
      ? null
      : await provenTime(record, checkpoint, authorities);
  if (dated?.ok === false) return dated;
  const isTimestamped = dated !== null && dated.value !== null;
  const shown = { isSigned: key !== null, isAnchored: extended !== null, hasQuorum, isTimestamped };
  return {
    ok: true,
    value: {
      checkpoint,
      tileCount: seen.value.reduce((sum, { tileCount }) => sum + tileCount, 0),
      standing: standing(shown),
      dated: dated?.value ?? null,
      key,
      cosignedBy,
      extended,
      earlier: parts.value.slice(0, -1).map(({ opened, isDropped }) => {
        return { ...opened.checkpoint, isDropped };
      }),
      record: check?.record.report() ?? null,
    },
  };
}

type Check = { readonly record: RecordCheck; readonly opener: Opener; opened: Opened };

function checkOf(record: OfflineRecord, { heartbeatMs }: VerifyOptions): Check {
  const opener = new Opener(record);
  const isPartial = record.packFolder !== null;
  const check: Check = {
    record: new RecordCheck(
      // What is sealed was opened when it was read.
      { open: () => check.opened, pactOf: opener.pactOf },
      { heartbeatMs, isPartial },
    ),
    opener,
    opened: { kind: 'closed' },
  };
  return check;
}

type Around = { readonly check: Check | null; readonly options: VerifyOptions };

async function seeParts(
  record: OfflineRecord,
  parts: readonly LogPart[],
  around: Around,
): Promise<Result<readonly Seen[]>> {
  if (record.packFolder !== null) {
    const checkpoint = parts[0]?.opened.checkpoint;
    if (checkpoint === undefined) throw new Error('bug: a pack has a checkpoint');
    const seen = await verifyPack(record, { checkpoint, check: around.check });
    return seen.ok ? { ok: true, value: [seen.value] } : seen;
  }
  const rolledBack = missingLog(parts, around.options.known);
  if (rolledBack !== undefined) {
    const { key, size } = rolledBack;
    return fault('rolled-back', `\`${key.name}\` was seen with ${size} entries, and is not here`);
  }
  const all: Seen[] = [];
  for (const [at, part] of parts.entries()) {
    const neighbours = { before: parts[at - 1] ?? null, after: parts[at + 1] ?? null };
    const seen = await seePart(record, part, { ...around, ...neighbours });
    const place = part.rolled === null ? '' : `rolled/${part.rolled}: `;
    if (!seen.ok) return fault(seen.error.code, `${place}${seen.error.message}`);
    all.push(seen.value);
  }
  return { ok: true, value: all };
}

type Between = Around & { readonly before: LogPart | null; readonly after: LogPart | null };

async function seePart(
  record: OfflineRecord,
  part: LogPart,
  between: Between,
): Promise<Result<Seen>> {
  const { check, options } = between;
  if (part.isDropped) {
    check?.record.skipLog();
    const tiles = await verifyTiles(part);
    return tiles.ok ? { ok: true, value: { tileCount: tiles.value, handovers: [] } } : tiles;
  }
  const { checkpoint } = part.opened;
  if (between.before !== null || between.after !== null) check?.record.beginLog(nameOf(part));
  const job: ReadJob = {
    checkpoint: { size: checkpoint.size, root: checkpoint.root },
    anchors: anchorsOf(part, options),
    isTreeOnly: check === null,
  };
  const take = (batch: TakenBatch): Promise<string | undefined> => takeBatch(batch, part, between);
  return check !== null && checkpoint.size >= THREAD_FROM
    ? readInThread({ where: record.where, rolled: part.rolled, job }, take)
    : readLog(part.source, job, (batch) => take({ ...batch, opened: null }));
}

async function takeBatch(
  { from, entries, leaves, opened }: TakenBatch,
  part: LogPart,
  { check, options, before, after }: Between,
): Promise<string | undefined> {
  if (check === null) return undefined;
  const { size } = part.opened.checkpoint;
  options.onProgress(from, size);
  await (opened === null
    ? check.opener.prepare(entries, from)
    : check.opener.prepareAllSources(entries));
  for (const [at, entry] of entries.entries()) {
    if (entry === null) continue;
    check.opened = opened?.[at] ?? check.opener.open(entry);
    const index = from + at;
    const complaint =
      (index === 0 && before !== null
        ? whyNotContinued(entry, before.opened.checkpoint)
        : undefined) ??
      (index === size - 1 && after !== null ? whyNotRolled(entry, nameOf(after)) : undefined) ??
      check.record.takeEntry(entry, index, base64(leaves[at] ?? NO_BYTES));
    if (complaint !== undefined) return `entry ${index}: ${complaint}`;
  }
  return undefined;
}

const NO_BYTES = new Uint8Array(0);

function base64({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('base64');
}

function anchorsOf(part: LogPart, { known }: VerifyOptions): readonly KnownLog[] {
  return known.filter(({ key }) => key.name === nameOf(part));
}

function extendedOf(parts: readonly LogPart[], options: VerifyOptions): KnownLog | null {
  return parts.flatMap((part) => anchorsOf(part, options)).at(-1) ?? null;
}

type Trusted = {
  readonly key: VerifierKey | null;
  readonly cosignedBy: readonly string[];
  readonly hasQuorum: boolean;
};

/**
 * Follows the key from log to log: what continues another is signed by the key that was in force
 * at its end, under its own name.
 */
async function trustParts(
  parts: readonly LogPart[],
  seen: readonly Seen[],
  options: VerifyOptions,
): Promise<Result<Trusted>> {
  const { key } = options;
  const isOfOne = key === null || parts.some((part) => nameOf(part) === key.name);
  const isOfFirst = key !== null && logNumber(key.name, parts.map(nameOf)[0] ?? '') !== undefined;
  if (!isOfOne && !isOfFirst) {
    const name = parts.map(nameOf).at(-1) ?? '';
    return fault('mismatch', `checkpoint is of \`${name}\`, the key is of \`${key.name}\``);
  }
  let trusted: Trusted = { key: null, cosignedBy: [], hasQuorum: false };
  // The key of the first log of all goes for one that goes on from it, as its name says.
  let carried = isOfFirst ? key : null;
  for (const [at, part] of parts.entries()) {
    const inHand = carried === null ? null : renamed(carried, nameOf(part));
    const each = await trustPart(part, seen[at]?.handovers ?? [], { options, inHand });
    if (!each.ok) return each;
    carried = each.value.key;
    trusted = each.value;
  }
  return { ok: true, value: trusted };
}

function renamed({ type, publicKey }: VerifierKey, name: string): VerifierKey {
  const key = verifierKey(primitives.sha256, { name, type, publicKey });
  if (!key.ok) throw new Error('bug: a log has the name of a key');
  return key.value;
}

async function trustPart(
  { opened, isDropped }: LogPart,
  handovers: Seen['handovers'],
  given: { readonly options: VerifyOptions; readonly inHand: VerifierKey | null },
): Promise<Result<Trusted>> {
  const { key, known, policy } = given.options;
  const { origin, size } = opened.checkpoint;
  const assessed = policy === null ? null : await assessCheckpoint(primitives, policy, opened);
  if (assessed?.ok === false) return assessed;
  const cosignedBy = assessed?.value.cosigned.map(({ witness }) => witness) ?? [];
  const hasQuorum = assessed?.value.hasQuorum ?? false;
  const ofPolicy = policy?.logs.find((log) => log.key.name === origin)?.key;
  const anchor = known.find((log) => log.key.name === origin);
  const named = key?.name === origin ? key : null;
  // A known log's key was in force at its size: what handed over before led to it.
  const first = anchor?.key ?? named ?? ofPolicy ?? given.inHand;
  if (first === null) return { ok: true, value: { key: null, cosignedBy, hasQuorum } };
  const since = anchor?.size ?? 0;
  const later = handovers.filter(({ index }) => index >= since);
  const traced = await traceKeys(primitives, first, later);
  if (!traced.ok) return traced;
  const inForce = keyInForce(traced.value, size) ?? first;
  const signed = await findSignature(primitives, opened.note, inForce);
  if (!signed.ok) return fault(signed.error.code, `checkpoint: ${signed.error.message}`);
  // Hand-overs went with the entries of a log that was dropped.
  if (signed.value === undefined && !isDropped) {
    const wanted = formatVerifierKey(inForce);
    return fault('missing', `checkpoint: is not signed by \`${wanted}\`, whose log it should be`);
  }
  const signer = signed.value === undefined ? null : inForce;
  return { ok: true, value: { key: signer, cosignedBy, hasQuorum } };
}

type Fault = Extract<Result<never>, { readonly ok: false }>['error'];

function fault<T>(code: Fault['code'], message: string): Result<T> {
  return { ok: false, error: { code, message } };
}
