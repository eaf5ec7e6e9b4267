import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

import { openOffline } from './offline.ts';
import { OfflineError } from './offline-error.ts';
import { packArchive } from './pack-archive.ts';
import type { PackJob, PackSaid } from './pack-messages.ts';
import { writeChosenPack } from './write-pack.ts';

// Parts are handed over one by one: whoever takes them slowly holds the thread and no memory.
async function start(own: MessagePort): Promise<void> {
  // The compiler cannot see that `pack-in-thread.ts` starts this thread, and with what.
  const job = workerData as PackJob;
  try {
    const archive = packArchive(job.folder, job.request.madeAt);
    await Promise.all([handOver(own, archive.bytes), write(job, archive)]);
    say(own, { kind: 'end' });
  } catch (cause) {
    if (!(cause instanceof OfflineError)) throw cause;
    say(own, { kind: 'offline', place: cause.place, message: cause.message });
  }
  own.close();
}

async function write(
  { where, request }: PackJob,
  { put, end }: ReturnType<typeof packArchive>,
): Promise<void> {
  const record = openOffline(where);
  try {
    await writeChosenPack(record, request, put);
    end();
  } finally {
    await record.close();
  }
}

async function handOver(
  own: MessagePort,
  parts: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  for await (const bytes of parts) {
    const taken = new Promise((resolve) => own.once('message', resolve));
    say(own, { kind: 'bytes', bytes });
    await taken;
  }
}

function say(own: MessagePort, said: PackSaid): void {
  own.postMessage(said, said.kind === 'bytes' ? [said.bytes.buffer] : []);
}

// Last, because what it starts needs everything above.
const port = parentPort;
if (port !== null) await start(port);
