import { parentPort, workerData } from 'node:worker_threads';

import { RunMapper } from '../manifest/map-run.ts';
import { RunReader } from '../readers/read-runs.ts';
import { Report } from '../report/report.ts';
import { Stop } from '../stop.ts';
import { unpackBatch, type Answer, type Batch, type Order, type WorkerJob } from './batch.ts';
import { PactFolder } from './pact-folder.ts';
import { replayRun, type Replay } from './replay.ts';

/** Replays the batches it is given, and gives its report at the end. */
function serve(job: WorkerJob, answer: (answer: Answer) => void): (order: Order) => void {
  const report = new Report();
  const replay: Replay = {
    mapper: new RunMapper(job.manifest),
    pacts: new PactFolder(job.pactDir, { hasTasks: job.hasTasks }),
    hasTasks: job.hasTasks,
    filters: job.filters,
    limit: Number.POSITIVE_INFINITY,
  };
  return (order) => {
    if (order.kind === 'end') return answer({ kind: 'report', parts: report.parts() });
    answer(replayBatch(replay, order.batch, report));
  };
}

function replayBatch(replay: Replay, batch: Batch, report: Report): Answer {
  const before = report.all.runs;
  try {
    const reader = new RunReader(batch.path, batch.format);
    for (const run of reader.read(unpackBatch(batch))) replayRun(replay, run, report);
    return { kind: 'done', at: batch.at, runs: report.all.runs - before };
  } catch (cause) {
    if (!(cause instanceof Stop)) throw cause;
    return { kind: 'stop', at: batch.at, reason: cause.reason, place: cause.place };
  }
}

const port = parentPort;
if (port !== null) {
  // Only the pool starts this file, and it gives a job; the type of what a thread is given is any.
  const job = workerData as WorkerJob;
  port.on(
    'message',
    serve(job, (answer) => port.postMessage(answer)),
  );
}
