import {
  emptyRoot,
  encodeUtf8,
  isHandover,
  leafHash,
  type PlacedEntry,
  readCheckpoint,
  sameKey,
  signCheckpoint,
  type Signer,
  type Tree,
} from '@plumbline/ledger';
import { DiskError } from '../disk/disk.ts';
import {
  checkAnchor,
  checkKnown,
  checkPublished,
  refuseContradiction,
  witnessesOf,
} from './check-start.ts';
import { diskSource } from './disk-source.ts';
import { checkWhole, loadEdge } from './edge.ts';
import { LOG_FOLDER, logNumber, SEGMENT_FOLDER, STATE_FILE } from './layout.ts';
import { type Log, LogWriter, tracePeriods } from './log.ts';
import type { LogOptions } from './log-options.ts';
import { type LogRefusal, type Opened, opened, refuse, RESTORE_NEWEST } from './log-refused.ts';
import { formatLogState, type LogState, parseLogState, StateFile } from './log-state.ts';
import { primitives } from './primitives.ts';
import { finishRoll } from './roll.ts';
import { blobStore } from './segment/blobs.ts';
import { openWal } from './segment/open-wal.ts';
import { type DurableBatch, type Wal, WalRefused } from './segment/wal.ts';
import { Tail } from './tail.ts';
import { type Edge, TreeWriter } from './tree-writer.ts';
import { Witnesses } from './witnesses.ts';

const READ_AT_ONCE = 4_096;

/**
 * Opens the log of a data directory, or begins one, and publishes what is durable. A log that
 * begins publishes a checkpoint of size 0, so that there always is one.
 *
 * Returns the log, or why it is refused and what to do: nothing was signed then. A crash at any
 * point of writing or publishing needs no repair.
 * Rejects with a `DiskError` or `LedgerStopped` when the disk fails.
 */
export async function openLog(options: LogOptions): Promise<Opened<Log>> {
  const state = await openState(options);
  if (!state.ok) return state;
  const checked = await checkLog(options, state.value.state);
  if (!checked.ok) return checked;
  const { edge } = checked.value;
  const tail = new Tail(edge.size - edge.entries.length);
  for (const bytes of edge.entries) {
    tail.push({ bytes, leaf: leafHash(primitives.sha256, bytes) });
  }
  const segments = await openSegments(options, edge.size, tail);
  if (!segments.ok) return segments;
  const { wal, listen, handovers } = segments.value;
  const complaint = await checkKeys(options, state.value.state, handovers);
  if (complaint !== undefined) {
    await wal.close();
    return { ok: false, error: complaint };
  }
  const tree = TreeWriter.resume(options.disk, edge);
  const parts = { options, state: state.value, wal, tail, tree, handovers, ...checked.value };
  const log = new LogWriter(parts);
  listen((batch) => log.takeBatch(batch));
  await begin(log, options, state.value);
  if (state.value.state.phase !== 'ended') return opened(log);
  await log.close();
  await finishRoll(state.value, options);
  return openLog(options);
}

/** Finishes a roll-over that was under way, and returns the state of the log that is written. */
async function openState(options: LogOptions): Promise<Opened<StateFile>> {
  const { disk, origin } = options;
  const bytes = await disk.read(STATE_FILE);
  if (bytes === undefined) return beginState(options);
  const found = parseLogState(bytes);
  if (found === undefined) {
    return refuse('tampered', `\`${STATE_FILE}\` cannot be read`, RESTORE_NEWEST);
  }
  if (logNumber(origin, found.origin) === undefined) {
    const remedy = `set \`origin\` to it, or take another data directory`;
    return refuse('wrong-origin', `the log is called \`${found.origin}\``, remedy);
  }
  // A program that was killed, or whose sync failed, may have left it in the disk's cache alone.
  await disk.replace(STATE_FILE, bytes);
  const state = new StateFile(disk, found);
  if (found.phase === 'rolling' || found.phase === 'clearing') await finishRoll(state, options);
  const isStart = state.state.size === 0 && state.state.before !== null;
  if (isStart && options.continues === null) {
    const happened = `\`${state.state.origin}\` begins where another log ended`;
    return refuse('configuration', happened, 'give `continues`, which makes its first entry');
  }
  return opened(state);
}

async function beginState(options: LogOptions): Promise<Opened<StateFile>> {
  const { disk, origin } = options;
  const [signer] = options.signers(origin);
  if (signer === undefined) return refuse('wrong-key', `no key for \`${origin}\``, 'give one');
  const left = [...(await disk.list(LOG_FOLDER)), ...(await disk.list(SEGMENT_FOLDER))];
  if (left.length > 0) {
    return refuse('no-state', `a log stands here without \`${STATE_FILE}\``, RESTORE_NEWEST);
  }
  const root = emptyRoot(primitives.sha256);
  const keys = [{ fromSize: 0, key: signer.key }];
  const state: LogState = { origin, size: 0, root, phase: 'open', before: null, keys };
  await disk.replace(STATE_FILE, formatLogState(state));
  return opened(new StateFile(disk, state));
}

type Checked = {
  readonly edge: Edge;
  readonly checkpoint: string;
  readonly publishedSize: number;
  readonly witnesses: Witnesses;
};

/** Holds what is on the disk to the state, the checkpoint, the anchor and the witnesses. */
async function checkLog(options: LogOptions, state: LogState): Promise<Opened<Checked>> {
  const { disk } = options;
  if (options.check === 'whole') {
    const whole = await checkWhole(disk, state);
    if (!whole.ok) return whole;
  }
  const edge = await loadEdge(disk, state);
  if (!edge.ok) return edge;
  const source = diskSource(disk, LOG_FOLDER);
  const tree = { sha256: primitives.sha256, source, size: state.size };
  const published = await checkPublished(disk, state, tree);
  if (!published.ok) return published;
  const anchored = await checkAnchor(tree, state, options.anchor);
  if (anchored !== undefined) return { ok: false, error: anchored };
  const { origin: base, known } = options;
  const unknown = await checkKnown(disk, { state, tree }, { base, known });
  if (unknown !== undefined) return { ok: false, error: unknown };
  const asked = witnessesOf(options.witnesses);
  if (!asked.ok) return asked;
  const { egress, witnessMs: limitMs } = options;
  const witnesses = new Witnesses(asked.value, { egress, limitMs });
  const contradicted = await askWitnesses(witnesses, { options, state, tree });
  if (contradicted !== undefined) return { ok: false, error: contradicted };
  const checkpoint = published.value;
  return opened({ edge: edge.value, checkpoint, publishedSize: sizeOf(checkpoint), witnesses });
}

/** One who cannot be reached does not hold up the start: its first answer later on decides. */
async function askWitnesses(
  witnesses: Witnesses,
  given: { readonly options: LogOptions; readonly state: LogState; readonly tree: Tree },
): Promise<LogRefusal | undefined> {
  const { options, state, tree } = given;
  if (witnesses.statuses().length === 0) return undefined;
  const signer = findSigner(options, state);
  // The key that was in force here may be gone after a hand-over; what is published next decides.
  if (signer === undefined) return undefined;
  const { origin, size, root } = state;
  // The state was stored in order to sign just this, so it is no second root.
  const checkpoint = await signCheckpoint(signer, { origin, size, root });
  const { contradiction } = await witnesses.cosign({ checkpoint, tree });
  return contradiction === undefined ? undefined : refuseContradiction(contradiction);
}

type Segments = {
  readonly wal: Wal;
  readonly listen: (take: (batch: DurableBatch) => void) => void;
  readonly handovers: readonly PlacedEntry[];
};

/** Opens the write-ahead log behind what the tree covers, and reads what it holds beyond. */
async function openSegments(
  options: LogOptions,
  covered: number,
  tail: Tail,
): Promise<Opened<Segments>> {
  const { disk, segmentBytes, queue, random } = options;
  let take: (batch: DurableBatch) => void = () => undefined;
  const listen = (taker: typeof take): void => {
    take = taker;
  };
  const onDurable = (batch: DurableBatch): void => take(batch);
  if (covered > 0 && (await disk.list(SEGMENT_FOLDER)).length === 0) {
    const happened = 'the segments are gone, and with them perhaps entries that were answered for';
    return refuse('truncated', happened, RESTORE_NEWEST);
  }
  const { put } = blobStore(disk, `${LOG_FOLDER}/blobs`);
  try {
    const given = { disk, folder: SEGMENT_FOLDER, putBlobs: put, covered, segmentBytes, queue };
    const wal = await openWal({ ...given, random, onDurable });
    return opened({ wal, listen, handovers: await readTail(wal, tail) });
  } catch (error) {
    if (!(error instanceof WalRefused)) throw error;
    return refuse('segments', 'the write-ahead log cannot be continued', error.message);
  }
}

async function readTail(wal: Wal, tail: Tail): Promise<readonly PlacedEntry[]> {
  const handovers: PlacedEntry[] = [];
  const { durableSize } = wal.status();
  while (tail.end < durableSize) {
    for (const bytes of await wal.read(tail.end, READ_AT_ONCE)) {
      if (isHandover(bytes)) handovers.push({ index: tail.end, entry: bytes });
      tail.push({ bytes, leaf: leafHash(primitives.sha256, bytes) });
    }
  }
  return handovers;
}

async function checkKeys(
  options: LogOptions,
  state: LogState,
  handovers: readonly PlacedEntry[],
): Promise<LogRefusal | undefined> {
  try {
    const keys = await tracePeriods(state.keys, handovers);
    if (findSigner(options, { ...state, keys }) !== undefined) return undefined;
    const { name, keyId } = keys.at(-1)?.key ?? { name: state.origin, keyId: new Uint8Array(0) };
    const happened = `the log of \`${name}\` has key ${Buffer.from(keyId).toString('hex')}`;
    return refuse('wrong-key', happened, 'give that key, or the one it was handed over to').error;
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    return refuse('tampered', `a hand-over does not hold: ${error.message}`, RESTORE_NEWEST).error;
  }
}

function findSigner(options: LogOptions, state: LogState): Signer | undefined {
  const last = state.keys.at(-1);
  if (last === undefined) return undefined;
  return options.signers(state.origin).find(({ key }) => sameKey(key, last.key));
}

/** Writes the first entry of a log that continues another, and publishes. */
async function begin(log: Log, { continues }: LogOptions, file: StateFile): Promise<void> {
  const { before, phase, size } = file.state;
  const { nextIndex } = log.status();
  // The crash came before the last entry was durable: nobody was told of it, and the log goes on.
  if (phase === 'ending' && nextIndex === size)
    await file.advance({ ...file.state, phase: 'open' });
  if (before !== null && nextIndex === 0 && continues !== null) {
    await log.append(await continues(before)).durable;
  }
  await log.publish();
}

function sizeOf(checkpoint: string): number {
  const read = readCheckpoint(encodeUtf8(checkpoint));
  return read.ok ? read.value.checkpoint.size : 0;
}
