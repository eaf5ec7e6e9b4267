import { setImmediate } from 'node:timers/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Result } from '@plumbline/ledger';

import { openOffline, type OfflineRecord } from './offline.ts';
import { OfflineError } from './offline-error.ts';
import { Opener } from './opener.ts';
import { type ReadBatch, readLog, type Seen } from './read-log.ts';
import {
  packBatch,
  type PackedTexts,
  packTexts,
  type ThreadJob,
  type ThreadSaid,
  transferOf,
} from './reading-messages.ts';

// How many batches may be on their way: enough to keep both threads busy, and no more.
const MOST_AHEAD = 8;
const BUSY_FROM = 3;

async function start(own: MessagePort): Promise<void> {
  // The compiler cannot see that `read-in-thread.ts` starts this thread, and with what.
  const job = workerData as ThreadJob;
  own.postMessage(await read(job, own), []);
  own.close();
}

async function read(job: ThreadJob, own: MessagePort): Promise<ThreadSaid> {
  let record: OfflineRecord | undefined;
  try {
    record = openOffline(job.where);
    return { kind: 'end', seen: await readFrom(record, job, own) };
  } catch (cause) {
    if (!(cause instanceof OfflineError)) throw cause;
    return { kind: 'offline', place: cause.place, message: cause.message };
  } finally {
    await record?.close();
  }
}

function readFrom(
  record: OfflineRecord,
  { job, rolled }: ThreadJob,
  own: MessagePort,
): Promise<Result<Seen>> {
  const opener = new Opener(record);
  const ahead = new Ahead();
  // The receiver answers each batch that it is done with.
  own.on('message', () => ahead.less());
  const source = rolled === null ? record.source : record.rolledSource(rolled);
  return readLog(source, job, async (batch) => {
    // Whoever has less to do opens: a receiver that waits for more opens what it gets.
    const opened = ahead.count >= BUSY_FROM ? await openAll(opener, batch) : null;
    const packed = packBatch(batch, opened);
    own.postMessage({ kind: 'entries', packed } satisfies ThreadSaid, [...transferOf(packed)]);
    await ahead.more();
    // Answers are heard only while nothing runs.
    await setImmediate();
    return undefined;
  });
}

/** Counts the batches that are on their way. */
class Ahead {
  count = 0;
  #wake: () => void = () => undefined;

  less(): void {
    this.count -= 1;
    this.#wake();
  }

  /** Resolves when there is room for another. */
  async more(): Promise<void> {
    this.count += 1;
    while (this.count >= MOST_AHEAD) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

async function openAll(opener: Opener, { entries, from }: ReadBatch): Promise<PackedTexts> {
  await opener.prepare(entries, from);
  return packTexts(
    entries.map((entry) => (entry === null ? { kind: 'closed' } : opener.openBytes(entry))),
  );
}

// Last, because what it starts needs everything above.
const port = parentPort;
if (port !== null) await start(port);
