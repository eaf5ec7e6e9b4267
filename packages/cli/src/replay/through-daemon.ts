import type { JsonObject } from '@plumbline/core';

import { type PactFiles, readPactFiles } from '../files/pact-files.ts';
import { readRuns } from '../readers/read-runs.ts';
import { runPlace, type Run } from '../readers/run.ts';
import { driveRun, type DecidedCall, type Staging } from './drive.ts';
import type { AnsweredCall } from './drive-daemon.ts';
import { isWanted, type Replay, stageRun, type Staged } from './replay.ts';
import type { Sources } from './replay-files.ts';

/** How a daemon is asked: its API for what people do, and what stands for enforcement points. */
export type DaemonSide = {
  readonly post: (path: string, body: JsonObject) => Promise<JsonObject>;
  /** Drives a run as an agent whose pact is published, and returns the answers by call. */
  readonly drive: (run: Run, staging: Staging, agent: string) => Promise<readonly AnsweredCall[]>;
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
  const runs = stagedRuns(replay, sources, { comparison, tag: daemon.tag });
  const filesOf = readOnce();
  const work = async (): Promise<void> => {
    for (let next = await runs.next(); next.done !== true; next = await runs.next()) {
      const { staged, agent } = next.value;
      const files = filesOf(staged.folderPact.file);
      const answers = await throughDaemon(staged, { agent, files, ...daemon });
      compare(comparison, staged, answers);
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

/** Returns the names that a replay through a daemon gives its agents, one for each run. */
export async function agentsOf(
  replay: Replay,
  sources: Omit<Sources, 'report'>,
  tag: string,
): Promise<readonly string[]> {
  const names: string[] = [];
  const read = { ...sources.read, onBytes: () => undefined };
  const runs = stagedRuns(replay, { ...sources, read }, { comparison: emptyComparison(), tag });
  for await (const { agent } of runs) names.push(agent);
  return names;
}

// Runs taken by several workers at once: an async generator answers one `next` after the other.
async function* stagedRuns(
  replay: Replay,
  { paths, read }: Omit<Sources, 'report'>,
  { comparison, tag }: { readonly comparison: Comparison; readonly tag: string },
): AsyncGenerator<{ readonly staged: Staged; readonly agent: string }> {
  let count = 0;
  for (const path of paths) {
    for await (const runs of readRuns(path, read)) {
      for (const run of runs) {
        const staged = stagedOf(replay, run, comparison);
        if (staged === undefined) continue;
        if (count >= replay.limit) return;
        count += 1;
        yield { staged, agent: `${staged.folderPact.pact.agent}-${tag}-${count}` };
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
  { agent, files, post, drive }: DaemonSide & { readonly agent: string; readonly files: PactFiles },
): Promise<readonly AnsweredCall[]> {
  await post('/api/v1/agents', { agent });
  await post(`/api/v1/agents/${agent}/pacts`, {
    entry: files.entry,
    files: files.files,
    mode: 'publish',
    reason: `replay of ${runPlace(run)}`,
    signatures: [],
  });
  return drive(run, { pact: folderPact.pact, mapping, task }, agent);
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
