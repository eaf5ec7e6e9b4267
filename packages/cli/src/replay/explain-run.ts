import { basename } from 'node:path';
import {
  explain,
  leafPaths,
  trace,
  valuesAt,
  type Action,
  type Explanation,
  type State,
} from '@plumbline/core';

import { readRuns, type ReadOptions } from '../readers/read-runs.ts';
import { runId, runPlace, type Run, type Step } from '../readers/run.ts';
import { Stop } from '../stop.ts';
import { driveRun, SESSION, type DecidedCall } from './drive.ts';
import { stageRun, type Replay, type Staged } from './replay.ts';

/** One value of an action's arguments, and the names of the sources it was seen in. */
export type ValueSource = {
  readonly path: string;
  readonly value: string | number;
  readonly names: readonly string[];
};

/** One step of an explained run. `explanation` and `sources` are null for what is no call. */
export type ExplainedStep = {
  readonly step: Step;
  readonly answer: DecidedCall | null;
  readonly explanation: Explanation | null;
  readonly sources: readonly ValueSource[];
  readonly isAttackCall: boolean;
};

/** A replayed run, step by step. */
export type ExplainedRun = {
  readonly staged: Staged;
  readonly steps: readonly ExplainedStep[];
};

/**
 * Returns the run of that id (`file:line`, or suite/model/task/attack/injection) replayed and
 * explained.
 *
 * Errors: `Stop` when no run has that id, or the manifest does not map it.
 */
export async function explainRun(
  replay: Replay,
  { id, paths, read }: { id: string; paths: readonly string[]; read: ReadOptions },
): Promise<ExplainedRun> {
  const run = await findRun(id, paths, read);
  const staging = stageRun(replay, run);
  if (!staging.ok) throw new Stop(`not mapped: ${staging.why}`, runPlace(run));
  return { staged: staging.staged, steps: explainSteps(replay, staging.staged) };
}

async function findRun(id: string, paths: readonly string[], read: ReadOptions): Promise<Run> {
  for (const path of paths) {
    for await (const runs of readRuns(path, read)) {
      const found = runs.find((run) => isNamed(run, id));
      if (found !== undefined) return found;
    }
  }
  throw new Stop(`no run \`${id}\`: name one as file:line or suite/model/task/attack/injection`);
}

function isNamed(run: Run, id: string): boolean {
  return runPlace(run) === id || `${basename(run.file)}:${run.line}` === id || runId(run) === id;
}

function explainSteps(replay: Replay, staged: Staged): readonly ExplainedStep[] {
  const { run, mapping, folderPact, task } = staged;
  const { pact } = folderPact;
  const steps: ExplainedStep[] = [];
  driveRun(run, {
    pact,
    mapping,
    task: replay.hasTasks ? task : null,
    watch({ step, atMs, state, action, answer }) {
      const explanation =
        action === null ? null : explain(pact, state, { action, facts: [], now: atMs });
      steps.push({
        step,
        answer,
        explanation,
        sources: action === null ? [] : sourcesOf(state, action),
        isAttackCall: step.kind === 'call' && run.attackCalls.has(step.call),
      });
    },
  });
  return steps;
}

function sourcesOf(state: State, { args }: Action): ExplainedStep['sources'] {
  const memory = state.sessions.get(SESSION)?.memory;
  if (memory === undefined) return [];
  return leafPaths(args).flatMap((path) =>
    valuesAt(args, path).map((value) => ({ path, value, names: trace(memory, value) })),
  );
}
