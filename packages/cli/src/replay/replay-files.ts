import { openLog, readLines, type Line } from '../readers/lines.ts';
import { readRuns, RunReader, type ReadOptions } from '../readers/read-runs.ts';
import type { Report } from '../report/report.ts';
import { Stop } from '../stop.ts';
import type { WorkerJob } from './batch.ts';
import { ReplayPool } from './pool.ts';
import { replayRun, type Replay } from './replay.ts';

/** What is replayed, how it is read, and where it is counted. */
export type Sources = {
  readonly paths: readonly string[];
  readonly read: ReadOptions;
  readonly report: Report;
};

/**
 * Replays the runs of files, in order, until the limit.
 *
 * onBatch: told after every batch how many runs were replayed.
 * Errors: `Stop` with a place for input that is not as its format says.
 */
export async function replayFiles(
  replay: Replay,
  { paths, read, report }: Sources,
  onBatch: (runs: number) => void,
): Promise<void> {
  for (const path of paths) {
    for await (const runs of readRuns(path, read)) {
      for (const run of runs) {
        if (report.all.runs >= replay.limit) return;
        replayRun(replay, run, report);
      }
      onBatch(report.all.runs);
    }
  }
}

/**
 * Replays the runs of files in several threads. Spans are not shared out: their runs are known only
 * at the end of the file.
 *
 * The report is the same as that of `replayFiles`, up to its times.
 * Errors: `Stop` with a place; of several faults the first in reading order.
 */
export async function replayInThreads(
  replay: Replay & { readonly job: WorkerJob; readonly threads: number },
  { paths, read, report }: Sources,
  onBatch: (runs: number) => void,
): Promise<void> {
  const pool = new ReplayPool(replay.job, replay.threads);
  try {
    for (const path of paths) {
      const reader = new RunReader(path, read.format);
      for await (const lines of readLines(openLog(path), read.onBytes)) {
        await shareOut(lines, { path, reader, pool, replay, report });
        onBatch(pool.runs + report.all.runs);
      }
      for (const run of reader.finish()) replayRun(replay, run, report);
    }
    await pool.finish(report);
  } catch (cause) {
    // What a thread found stands before what was read after it.
    if (cause instanceof Stop) await pool.settle();
    throw cause;
  } finally {
    await pool.close();
  }
}

type Share = {
  readonly path: string;
  readonly reader: RunReader;
  readonly pool: ReplayPool;
  readonly replay: Replay;
  readonly report: Report;
};

/** The first line is read here, since it says the format of those that follow. */
async function shareOut(lines: readonly Line[], share: Share): Promise<void> {
  if (lines.length === 0) return;
  const { path, reader, pool, replay, report } = share;
  const isFirst = reader.format === null;
  const here = isFirst || reader.format === 'otel' ? lines.slice(0, isFirst ? 1 : undefined) : [];
  for (const run of reader.read(here)) replayRun(replay, run, report);
  const rest = lines.slice(here.length);
  if (rest.length === 0 || reader.format === null) return;
  if (reader.format === 'otel') {
    for (const run of reader.read(rest)) replayRun(replay, run, report);
    return;
  }
  await pool.give(rest, { path, format: reader.format });
}
