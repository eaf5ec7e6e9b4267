// Appends without end until it is killed: `kill-child.ts <folder> <run> <covered>`.
import { randomBytes, randomInt } from 'node:crypto';
import { writeSync } from 'node:fs';
import { nodeDisk } from '../src/disk/node-disk.ts';
import { blobStore } from '../src/ledger/segment/blobs.ts';
import { openWal } from '../src/ledger/segment/open-wal.ts';
import type { Wal } from '../src/ledger/segment/wal.ts';

const WRITERS = 32;
const LEAF = new Uint8Array(32);
const SEGMENT_BYTES = 1_048_576;
const KEEP_ENTRIES = 3000;

const [folder = '', run = '', covered = '0'] = process.argv.slice(2);

const disk = nodeDisk(folder);
const wal = await openWal({
  disk,
  folder: 'segments',
  putBlobs: blobStore(disk, 'log/blobs').put,
  covered: Number(covered),
  segmentBytes: SEGMENT_BYTES,
  queue: { entries: 1000, bytes: 10_000_000 },
  random: randomBytes,
});
await tellWhatSurvived(wal, Number(covered));
await Promise.all(Array.from({ length: WRITERS }, () => write(wal)));

/** Prints which run wrote which stretch of entries, each checked byte by byte. */
async function tellWhatSurvived(log: Wal, from: number): Promise<void> {
  const { durableSize } = log.status();
  let last = '';
  for (let at = from; at < durableSize;) {
    const entries = await log.read(at, 1000);
    for (const bytes of entries) {
      const [index, writer = '', filler = ''] = Buffer.from(bytes).toString().split(' ');
      if (Number(index) !== at || filler !== fillerOf(at)) tell(`damaged ${at}`);
      if (writer !== last) tell(`wrote ${writer} ${at}`);
      last = writer;
      at += 1;
    }
  }
  tell(`start ${durableSize}`);
}

async function write(log: Wal): Promise<never> {
  for (;;) {
    const index = log.status().nextIndex;
    const bytes = Buffer.from(`${index} ${run} ${fillerOf(index)}`);
    const blobs = randomInt(2000) === 0 ? { blobs: [randomBytes(5000)] } : {};
    await log.append({ bytes, leaf: LEAF, ...blobs }).durable;
    tell(`durable ${index}`);
    if (index % KEEP_ENTRIES === KEEP_ENTRIES - 1) {
      const upTo = index + 1 - randomInt(KEEP_ENTRIES);
      tell(`covered ${upTo}`);
      await log.release(upTo);
    }
  }
}

function fillerOf(index: number): string {
  return String.fromCharCode(97 + (index % 26)).repeat((index * 7919) % 1100);
}

/** In the pipe when it returns, so that a kill cannot take it back; the full stop ends it. */
function tell(line: string): void {
  const bytes = Buffer.from(`${line} .\n`);
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(1, bytes, done);
    } catch (error) {
      const isFull = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
      if (!isFull) throw error;
    }
  }
}
