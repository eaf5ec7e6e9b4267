import { equalBytes } from '@plumbline/ledger';
import type { DiskFile } from '../../disk/disk.ts';
import {
  decodeHeader,
  findFrame,
  FRAME_BYTES,
  HEADER_BYTES,
  readFrame,
  readRecord,
  RECORD_BYTES,
  type Window,
  windowOn,
} from './format.ts';
import { type Mark, MARK_EVERY_BYTES } from './marks.ts';
import { planSegment, Segment, type SegmentPlan } from './segment.ts';
import { type SegmentFolder, zeroOut } from './segment-folder.ts';
import { WalRefused } from './wal.ts';

const RESTORE = 'restore the segments from a copy, or start from the served log without them';
const ZERO_CHECK_BYTES = 1_048_576;

/** A whole batch as it was found. */
type Found = { readonly marks: readonly Mark[]; readonly next: number; readonly end: number };

/**
 * Opens the segments that are needed from `covered` on, and lets go of the others. The last of them
 * can be written on when it returns: all it holds is durable, and nothing stands behind its end.
 * Throws `WalRefused` for what no crash leaves behind, before anything was changed.
 */
export async function recoverSegments(
  folder: SegmentFolder,
  covered: number,
): Promise<readonly Segment[]> {
  const { needed, done } = await listSegments(folder, covered);
  const segments: Segment[] = [];
  try {
    for (const [at, first] of needed.entries()) {
      const segment = await openSegment(folder, first);
      segments.push(segment);
      requireChain(folder, segments.at(-2), segment);
      const tail = await scan(segment);
      if (at === needed.length - 1) await settle(folder, tail, covered);
    }
    await folder.sync();
    for (const first of done) await folder.drop({ first, size: 0 });
  } catch (error) {
    await Promise.allSettled(segments.map((segment) => segment.close()));
    throw error;
  }
  return segments;
}

/** Returns the first indexes of the segments that are needed, and of those that are done with. */
async function listSegments(
  folder: SegmentFolder,
  covered: number,
): Promise<{ readonly needed: readonly number[]; readonly done: readonly number[] }> {
  const firsts = await folder.list();
  const oldest = firsts[0];
  if (oldest !== undefined && oldest > covered) {
    const what = `the oldest segment begins at entry ${oldest}, tiles cover ${covered}`;
    throw new WalRefused('gap', `${what}: entries between are missing; ${RESTORE}`);
  }
  const from = Math.max(
    0,
    firsts.findLastIndex((first) => first <= covered),
  );
  return { needed: firsts.slice(from), done: firsts.slice(0, from) };
}

async function openSegment(folder: SegmentFolder, first: number): Promise<Segment> {
  const file = await folder.open(first);
  try {
    return new Segment(await readPlan(folder, file, first), file);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readPlan(
  folder: SegmentFolder,
  file: DiskFile,
  first: number,
): Promise<SegmentPlan> {
  const header = decodeHeader(Buffer.from(await file.read(0, HEADER_BYTES)));
  const path = folder.path(first);
  if (header === 'version') {
    throw new WalRefused('version', `\`${path}\` is of another version: run the one that wrote it`);
  }
  if (header === 'damaged' || header.first !== first) {
    throw new WalRefused('corrupt', `the header of \`${path}\` is damaged: ${RESTORE}`);
  }
  return planSegment(header);
}

function requireChain(folder: SegmentFolder, before: Segment | undefined, segment: Segment): void {
  if (before === undefined) return;
  const path = folder.path(segment.plan.first);
  if (!equalBytes(before.plan.id, segment.plan.previous)) {
    throw new WalRefused('gap', `the segment before \`${path}\` is missing: ${RESTORE}`);
  }
  if (before.next === segment.plan.first) return;
  const damaged = folder.path(before.plan.first);
  throw new WalRefused('corrupt', `\`${damaged}\` is damaged at entry ${before.next}: ${RESTORE}`);
}

/** A segment that was read: its bytes, and where its last whole batch begins. */
type Tail = { readonly segment: Segment; readonly window: Window; readonly lastBatch: number };

async function scan(segment: Segment): Promise<Tail> {
  const { file, plan } = segment;
  const size = await file.size();
  const window = windowOn(await file.read(0, size), 0, plan.seed);
  let lastBatch = segment.end;
  for (const batch of batchesIn(window, plan.first)) {
    lastBatch = segment.end;
    segment.extend(batch);
  }
  return { segment, window, lastBatch };
}

async function settle(folder: SegmentFolder, tail: Tail, covered: number): Promise<void> {
  requireNothingBehind(folder, tail);
  const { next } = tail.segment;
  if (next < covered) {
    const what = `the segments end at entry ${next}, tiles cover ${covered}`;
    throw new WalRefused('behind', `${what}: the segments are an older copy; ${RESTORE}`);
  }
  await settleTail(tail);
}

/** Yields the whole batches from the start of a segment up to the first that is not whole. */
function* batchesIn(window: Window, first: number): Generator<Found> {
  let next = first;
  let end = HEADER_BYTES;
  for (;;) {
    const batch = batchAt(window, end, next);
    if (batch === undefined) return;
    yield batch;
    ({ next, end } = batch);
  }
}

function batchAt(window: Window, offset: number, first: number): Found | undefined {
  const frame = readFrame(window, offset);
  if (frame === undefined || frame.first !== first || frame.count === 0) return undefined;
  const marks: Mark[] = [{ index: first, offset, left: 0 }];
  let at = offset + FRAME_BYTES;
  let marked = offset;
  for (let done = 0; done < frame.count; done += 1) {
    const entry = readRecord(window, at, first + done);
    if (entry === undefined) return undefined;
    if (at - marked >= MARK_EVERY_BYTES) {
      marks.push({ index: first + done, offset: at, left: frame.count - done });
      marked = at;
    }
    at += RECORD_BYTES + entry.length;
  }
  const end = offset + FRAME_BYTES + frame.length;
  return at === end ? { marks, next: first + frame.count, end } : undefined;
}

/** A batch is written when all before it are durable, so one that stands farther on accuses. */
function requireNothingBehind(folder: SegmentFolder, { segment, window }: Tail): void {
  let at = findFrame(window, segment.end);
  while (at >= 0) {
    const first = readFrame(window, at)?.first ?? 0;
    if (first > segment.next) {
      const place = `\`${folder.path(segment.plan.first)}\` is damaged at entry ${segment.next}`;
      throw new WalRefused('corrupt', `${place}, and entry ${first} stands behind: ${RESTORE}`);
    }
    at = findFrame(window, at + 1);
  }
}

/**
 * Writes the last batch once more and zeros behind it. After a failed sync the system may show
 * bytes that are not on the disk and will never be written by themselves.
 */
async function settleTail({ segment, window, lastBatch }: Tail): Promise<void> {
  const { file, end } = segment;
  if (lastBatch < end) await file.write(lastBatch, window.bytes.subarray(lastBatch, end));
  for (let at = end; at < window.bytes.length; at += ZERO_CHECK_BYTES) {
    const to = Math.min(at + ZERO_CHECK_BYTES, window.bytes.length);
    if (!isZero(window.bytes.subarray(at, to))) await zeroOut(file, at, to);
  }
  await file.sync();
}

function isZero(bytes: Buffer): boolean {
  return bytes.equals(Buffer.alloc(bytes.length));
}
