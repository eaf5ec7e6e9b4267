import type { JsonObject } from '@plumbline/core';

import { type PactFiles, readPactFiles } from '../files/pact-files.ts';
import { readRuns } from '../readers/read-runs.ts';
import { runPlace, type Run } from '../readers/run.ts';
import { driveRun, type DecidedCall } from './drive.ts';
import { type AnsweredCall, type AskDaemon, driveThroughDaemon } from './drive-daemon.ts';
import { isWanted, type Replay, stageRun, type Staged } from './replay.ts';
import type { Sources } from './replay-files.ts';

/** How a daemon is asked: its API for what people do, its frames for what enforcement points do. */
export type DaemonSide = {
  readonly post: (path: string, body: JsonObject) => Promise<JsonObject>;
  readonly ask: AskDaemon;
  /** Makes the names of this replay's agents unlike those of any other. */
  readonly tag: string;
};

/** A call to which the daemon and the kernel answered differently. */
export type Difference = {
  readonly place: string;
  readonly call: number;
  readonly kernel: string;
  readonly daemon: string;
};

/** What came of a replay through a daemon. */
export type Comparison = {
  runs: number;
  calls: number;
  readonly unmapped: { runs: number };
  readonly verdicts: Map<string, number>;
  /** The first of them; `differing` counts them all. */
  readonly differences: Difference[];
  differing: number;
};

const AT_ONCE = 32;
const SHOWN_DIFFERENCES = 20;

/**
 * Replays runs through a running daemon and beside it through the kernel, and compares verdicts
 * and the rules behind them call by call. Each run has an agent of its own, so that no run sees
 * another's budgets, gates or halts.
 *
 * onRun: told after every run how many were replayed.
 * Errors: `Stop` for input that is not as its format says, and for what the daemon refused.
 */
export async function replayThroughDaemon(
  replay: Replay,
  { sources, daemon }: { readonly sources: Omit<Sources, 'report'>; readonly daemon: DaemonSide },
  onRun: (runs: number) => void,
): Promise<Comparison> {
  const comparison = emptyComparison();
  const runs = stagedRuns(replay, sources, comparison);
  let number = 0;
  const filesOf = readOnce();
  const work = async (): Promise<void> => {
    for (let next = await runs.next(); next.done !== true; next = await runs.next()) {
      number += 1;
      const agent = `${next.value.folderPact.pact.agent}-${daemon.tag}-${number}`;
      const { folderPact } = next.value;
      const files = filesOf(folderPact.file);
      const answers = await throughDaemon(next.value, { agent, files, ...daemon });
      compare(comparison, next.value, answers);
      onRun(comparison.runs);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return comparison;
}

function emptyComparison(): Comparison {
  const counts = { runs: 0, calls: 0, differing: 0 };
  return { ...counts, unmapped: { runs: 0 }, verdicts: new Map(), differences: [] };
}

// Runs taken by several workers at once: an async generator answers one `next` after the other.
async function* stagedRuns(
  replay: Replay,
  { paths, read }: Omit<Sources, 'report'>,
  comparison: Comparison,
): AsyncGenerator<Staged> {
  let count = 0;
  for (const path of paths) {
    for await (const runs of readRuns(path, read)) {
      for (const run of runs) {
        const staged = stagedOf(replay, run, comparison);
        if (staged === undefined) continue;
        if (count >= replay.limit) return;
        count += 1;
        yield staged;
      }
    }
  }
}

function stagedOf(replay: Replay, run: Run, comparison: Comparison): Staged | undefined {
  const staging = stageRun(replay, run);
  if (staging.ok)
    return isWanted(replay.filters, staging.staged.labels) ? staging.staged : undefined;
  if (isWanted(replay.filters, run.labels)) comparison.unmapped.runs += 1;
  return undefined;
}

/** Pacts are compiled to learn which files they are made of; once each is enough. */
function readOnce(): (file: string) => PactFiles {
  const known = new Map<string, PactFiles>();
  return (file) => {
    const files = known.get(file) ?? readPactFiles(file);
    known.set(file, files);
    return files;
  };
}

/** Adds the run's agent, publishes its pact for it, and drives the run. */
async function throughDaemon(
  { run, mapping, folderPact, task }: Staged,
  { agent, files, post, ask }: DaemonSide & { readonly agent: string; readonly files: PactFiles },
): Promise<readonly AnsweredCall[]> {
  await post('/api/v1/agents', { agent });
  await post(`/api/v1/agents/${agent}/pacts`, {
    entry: files.entry,
    files: files.files,
    mode: 'publish',
    reason: `replay of ${runPlace(run)}`,
    signatures: [],
  });
  return driveThroughDaemon(run, { pact: folderPact.pact, mapping, task }, { agent, ask });
}

function compare(
  comparison: Comparison,
  { run, mapping, folderPact, task }: Staged,
  answers: readonly AnsweredCall[],
): void {
  const { calls } = driveRun(run, { pact: folderPact.pact, mapping, task });
  comparison.runs += 1;
  comparison.calls += calls.length;
  for (const [call, decided] of calls.entries()) {
    const [kernel, daemon] = [kernelText(decided), daemonText(answers[call])];
    const { verdict } = decided;
    comparison.verdicts.set(verdict, (comparison.verdicts.get(verdict) ?? 0) + 1);
    if (kernel === daemon) continue;
    comparison.differing += 1;
    if (comparison.differences.length < SHOWN_DIFFERENCES) {
      comparison.differences.push({ place: runPlace(run), call, kernel, daemon });
    }
  }
}

function kernelText({ verdict, decision }: DecidedCall): string {
  const enforced = (decision?.because ?? []).filter(({ observed }) => observed !== true);
  return [verdict, ...new Set(enforced.map(({ rule }) => rule))].join(' ');
}

function daemonText(answer: AnsweredCall | undefined): string {
  return answer === undefined ? 'no answer' : [answer.verdict, ...answer.rules].join(' ');
}
