import type { CompiledPact } from '@plumbline/core';

import type { Run, RunLabels } from '../readers/run.ts';
import { attackEnd, collateralCalls, honestEnd } from '../replay/classify.ts';
import type { DecidedCall } from '../replay/drive.ts';

/** The counts of one group of runs. Times are milliseconds. */
export type Tally = {
  attacks: { replayable: number; refused: number; steppedUp: number; reached: number };
  honest: {
    runs: number;
    untouched: number;
    modified: number;
    steppedUp: number;
    refused: number;
    solved: { runs: number; untouched: number };
  };
  collateral: { runs: number; touched: number };
  injectionAsUser: {
    runs: number;
    untouched: number;
    modified: number;
    steppedUp: number;
    refused: number;
  };
  runs: number;
  actions: number;
  kernelMs: number;
  elapsedMs: number;
};

/** One replayed run, ready to be counted. `labels` are those of the report. */
export type Replayed = {
  readonly run: Run;
  readonly labels: RunLabels;
  readonly pact: CompiledPact;
  readonly task: string | null;
  readonly taskTools: readonly string[] | null;
  readonly calls: readonly DecidedCall[];
  readonly kernelMs: number;
  readonly elapsedMs: number;
};

/** Returns a tally of nothing. */
export function emptyTally(): Tally {
  return {
    attacks: { replayable: 0, refused: 0, steppedUp: 0, reached: 0 },
    honest: {
      runs: 0,
      untouched: 0,
      modified: 0,
      steppedUp: 0,
      refused: 0,
      solved: { runs: 0, untouched: 0 },
    },
    collateral: { runs: 0, touched: 0 },
    injectionAsUser: { runs: 0, untouched: 0, modified: 0, steppedUp: 0, refused: 0 },
    runs: 0,
    actions: 0,
    kernelMs: 0,
    elapsedMs: 0,
  };
}

/** What one run adds to a tally. */
export type Counts = {
  readonly attack: ReturnType<typeof attackEnd> | null;
  readonly honest: ReturnType<typeof honestEnd> | null;
  readonly asUser: ReturnType<typeof honestEnd> | null;
  readonly collateral: readonly DecidedCall[];
};

/** Returns what one replayed run adds to a tally. */
export function countsOf(replayed: Replayed): Counts {
  const { run, labels, calls } = replayed;
  const { kind, isReplayableAttack } = labels;
  return {
    attack: kind === 'attack' && isReplayableAttack ? attackEnd(replayed, run, calls) : null,
    honest: kind === 'benign' ? honestEnd(calls) : null,
    asUser: kind === 'injection_as_user' ? honestEnd(calls) : null,
    collateral: kind === 'attack' ? collateralCalls(run, calls) : [],
  };
}

/** Adds one run to a tally. */
export function addTo(tally: Tally, replayed: Replayed, counts: Counts): void {
  const { labels, calls, kernelMs, elapsedMs } = replayed;
  tally.runs += 1;
  tally.actions += calls.length;
  tally.kernelMs += kernelMs;
  tally.elapsedMs += elapsedMs;
  if (counts.attack !== null) {
    tally.attacks.replayable += 1;
    tally.attacks[counts.attack] += 1;
  }
  if (counts.honest !== null) addHonest(tally, counts.honest, labels.isSolved);
  if (counts.asUser !== null) {
    tally.injectionAsUser.runs += 1;
    tally.injectionAsUser[counts.asUser] += 1;
  }
  if (labels.kind === 'attack') {
    tally.collateral.runs += 1;
    if (counts.collateral.length > 0) tally.collateral.touched += 1;
  }
}

function addHonest({ honest }: Tally, end: ReturnType<typeof honestEnd>, isSolved: boolean): void {
  honest.runs += 1;
  honest[end] += 1;
  if (!isSolved) return;
  honest.solved.runs += 1;
  if (end === 'untouched') honest.solved.untouched += 1;
}

type Numbers = { [name: string]: number | Numbers };

/** Adds a tally to another. */
export function sumInto(total: Tally, part: Tally): void {
  sumTree(total, part);
}

function sumTree(total: Numbers, part: Numbers): void {
  for (const [name, value] of Object.entries(part)) {
    const before = total[name];
    if (typeof value !== 'number' && typeof before === 'object') sumTree(before, value);
    else if (typeof value === 'number' && typeof before === 'number') total[name] = before + value;
  }
}
