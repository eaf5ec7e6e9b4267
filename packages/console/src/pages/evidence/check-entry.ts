import {
  type Checkpoint,
  decodeBase64,
  encodeHex,
  encodeUtf8,
  type KnownLog,
  leafHash,
  openCheckpoint,
  parseTlogProof,
  parseVerifierKey,
  readCheckpoint,
  rememberCheckpoint,
  sameKey,
  standing,
  type Standing,
  type TlogProof,
  verifyConsistency,
  type VerifierKey,
  verifyInclusion,
} from '@plumbline/ledger';

import { primitives } from '../../data/primitives.ts';

/** One thing that was checked, and with which numbers. */
export type Check = {
  readonly name: string;
  readonly state: 'holds' | 'fails' | 'first';
  readonly said: string;
  readonly numbers: Readonly<Record<string, string>>;
};

/** What the daemon answered about one entry. Nothing of it is believed. */
export type Told = {
  readonly index: number;
  readonly entry: Uint8Array;
  readonly proof: Uint8Array;
  /** The key the daemon says is the log's. */
  readonly verifierKey: string;
  /** Asks what proves that the log extends what it was at a size. */
  readonly askConsistency: (from: number) => Promise<Asked>;
};

/** What is said to prove that a log only grew. */
export type Growth = {
  readonly hashes: readonly string[];
  readonly checkpoint: string;
};

/** An answer, or why there is none. */
export type Asked =
  { readonly ok: true; readonly growth: Growth } | { readonly ok: false; readonly why: string };

/** What came of all checks; `known` is what to keep, and null where something failed. */
export type Checked = {
  readonly checks: readonly Check[];
  readonly standing: Standing | null;
  readonly known: readonly KnownLog[] | null;
};

/**
 * Returns what can be shown about one entry of the log here, without believing the daemon: the
 * hash of its bytes, that the signed checkpoint holds it, that the log's key signed that, and that
 * the log extends what this browser saw before. The first check that fails is the last.
 *
 * known: what this browser saw of logs before.
 * Source: RFC 9162, section 2.1; c2sp.org/tlog-proof.
 */
export async function checkEntry(told: Told, known: readonly KnownLog[]): Promise<Checked> {
  const checks: Check[] = [bytesCheck(told)];
  const proof = parseTlogProof(told.proof);
  if (!proof.ok) return failed(checks, 'The proof', proof.error.message);
  const read = readCheckpoint(encodeUtf8(proof.value.checkpoint));
  if (!read.ok) return failed(checks, 'The checkpoint', read.error.message);
  const { checkpoint } = read.value;
  const inclusion = inclusionCheck(told, proof.value, checkpoint);
  checks.push(inclusion);
  if (inclusion.state === 'fails') return { checks, standing: null, known: null };
  const before = known.find(({ key }) => key.name === checkpoint.origin);
  const key = await keyCheck(told, before, proof.value);
  checks.push(key.check);
  if (key.key === null) return { checks, standing: null, known: null };
  const growth = await growthCheck({ told, key: key.key, before, seen: checkpoint });
  checks.push(growth.check);
  if (growth.newest === null) return { checks, standing: null, known: null };
  const shown = { isSigned: true, isAnchored: before !== undefined };
  return {
    checks,
    standing: standing({ ...shown, isTimestamped: false, hasQuorum: false }),
    known: rememberCheckpoint(known, key.key, growth.newest),
  };
}

function bytesCheck({ entry }: Told): Check {
  return {
    name: 'The bytes',
    state: 'holds',
    said: 'The entry as the log holds it was hashed here.',
    numbers: {
      bytes: String(entry.length),
      'leaf hash': encodeHex(leafHash(primitives.sha256, entry)),
    },
  };
}

function inclusionCheck(told: Told, proof: TlogProof, { size, root }: Checkpoint): Check {
  const leaf = leafHash(primitives.sha256, told.entry);
  const { index, hashes } = proof;
  const claim = { leaf, index, size, root, proof: hashes };
  const isThere = index === told.index && verifyInclusion(primitives.sha256, claim);
  return {
    name: 'Inclusion',
    state: isThere ? 'holds' : 'fails',
    said: isThere
      ? 'The hashes of the proof lead from these bytes to the root of the checkpoint.'
      : 'The log of the checkpoint does not hold these bytes at this index.',
    numbers: {
      index: String(index),
      'entries in the log': String(size),
      'hashes in the proof': String(hashes.length),
      root: encodeHex(root),
    },
  };
}

type KeyChecked = { readonly check: Check; readonly key: VerifierKey | null };

async function keyCheck(
  told: Told,
  before: KnownLog | undefined,
  proof: TlogProof,
): Promise<KeyChecked> {
  const name = 'Signature';
  const parsed = parseVerifierKey(primitives.sha256, told.verifierKey);
  if (!parsed.ok) return { check: fails(name, parsed.error.message), key: null };
  const key = parsed.value;
  const numbers = { 'log key': told.verifierKey };
  if (before !== undefined && !sameKey(before.key, key)) {
    const said =
      'The log shows another key than this browser knows for it. A key is handed over by an ' +
      'entry that both keys sign: see plumb verify --known-logs before relying on anything.';
    return { check: { name, state: 'fails', said, numbers }, key: null };
  }
  const opened = await openCheckpoint(primitives, encodeUtf8(proof.checkpoint), key);
  if (!opened.ok) {
    return { check: { ...fails(name, opened.error.message), numbers }, key: null };
  }
  const isFirst = before === undefined;
  const said = isFirst
    ? 'This key signed the checkpoint. This browser sees it for the first time: compare it with ' +
      'what came to you another way (plumb log).'
    : 'The key that this browser knows for the log signed the checkpoint.';
  return { check: { name, state: isFirst ? 'first' : 'holds', said, numbers }, key };
}

type Grown = {
  readonly told: Told;
  readonly key: VerifierKey;
  readonly before: KnownLog | undefined;
  readonly seen: Checkpoint;
};

type GrowthChecked = { readonly check: Check; readonly newest: Checkpoint | null };

const GROWTH = 'Consistency';

/** Whether the log extends what was seen before, and holds the checkpoint of the proof as well. */
async function growthCheck({ told, key, before, seen }: Grown): Promise<GrowthChecked> {
  if (before === undefined) return { check: firstSight(seen), newest: seen };
  const asked = await askBoth(told, before.size, seen.size);
  if (!asked.ok) return { check: fails(GROWTH, asked.why), newest: null };
  const [fromBefore, fromSeen] = asked.growths;
  const opened = await openCheckpoint(primitives, encodeUtf8(fromBefore.checkpoint), key);
  if (!opened.ok) return { check: fails(GROWTH, opened.error.message), newest: null };
  const newest = opened.value.checkpoint;
  const numbers = {
    'size seen before': String(before.size),
    'root seen before': encodeHex(before.root),
    'size now': String(newest.size),
    'root now': encodeHex(newest.root),
  };
  if (isGrown(before, fromBefore, newest) && isGrown(seen, fromSeen, newest)) {
    const said = 'The log only grew since this browser last saw it.';
    return { check: { name: GROWTH, state: 'holds', said, numbers }, newest };
  }
  const said =
    'The log is not the one this browser saw before: it was cut, rolled back or rewritten. ' +
    'Keep this page, and run plumb verify --known-logs.';
  return { check: { name: GROWTH, state: 'fails', said, numbers }, newest: null };
}

function firstSight({ size, root }: Checkpoint): Check {
  return {
    name: GROWTH,
    state: 'first',
    said:
      'This browser saw no earlier state of the log to compare with. It keeps this one: from now ' +
      'on a log that was cut, rolled back or rewritten is noticed here.',
    numbers: { 'size kept': String(size), 'root kept': encodeHex(root) },
  };
}

const MOST_TRIES = 5;

type AskedBoth =
  | { readonly ok: true; readonly growths: readonly [Growth, Growth] }
  | { readonly ok: false; readonly why: string };

/**
 * Asks from two sizes until both answers are about one checkpoint: proofs to two checkpoints, of
 * which none leads to the other, could be of two histories.
 */
async function askBoth(
  { askConsistency }: Told,
  first: number,
  second: number,
): Promise<AskedBoth> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const [left, right] = await Promise.all([askConsistency(first), askConsistency(second)]);
    if (!left.ok) return left;
    if (!right.ok) return right;
    if (left.growth.checkpoint !== right.growth.checkpoint) continue;
    return { ok: true, growths: [left.growth, right.growth] };
  }
  return { ok: false, why: 'the log shows another checkpoint each time it is asked: try again' };
}

function isGrown(
  earlier: { readonly size: number; readonly root: Uint8Array },
  { hashes }: Growth,
  { size, root }: Checkpoint,
): boolean {
  const proof = hashes.map((hash) => decodeBase64(hash) ?? new Uint8Array());
  const claim = { earlierSize: earlier.size, earlierRoot: earlier.root, size, root, proof };
  return verifyConsistency(primitives.sha256, claim);
}

function fails(name: string, why: string): Check {
  return { name, state: 'fails', said: `${why}.`, numbers: {} };
}

function failed(checks: readonly Check[], name: string, why: string): Checked {
  return { checks: [...checks, fails(name, why)], standing: null, known: null };
}
