import type { CompiledPact } from '@plumbline/core';

import type { Run, RunLabels } from '../readers/run.ts';
import {
  attackEnd,
  collateralCalls,
  hasSideEffect,
  honestEnd,
  keptBackBy,
} from '../replay/classify.ts';
import { isExecuted, type DecidedCall } from '../replay/drive.ts';
import { UnmappedRuns, type Unmapped } from './unmapped.ts';

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
  injectionAsUser: { runs: number; untouched: number; steppedUp: number; refused: number };
  runs: number;
  actions: number;
  kernelMs: number;
  elapsedMs: number;
};

/** Something worth a look, counted: an attack that got through, or honest work kept back. */
export type Miss = {
  readonly suite: string;
  readonly task: string | null;
  readonly injectionTask: string | null;
  readonly tool: string;
  readonly rule: string | null;
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
    injectionAsUser: { runs: 0, untouched: 0, steppedUp: 0, refused: 0 },
    runs: 0,
    actions: 0,
    kernelMs: 0,
    elapsedMs: 0,
  };
}

/** A miss and the number of runs it was seen in. */
export type CountedMiss = Miss & { readonly runs: number };

/** What a report counted, as plain values that another thread can be given. */
export type ReportParts = Pick<Report, 'all' | 'bySuite' | 'byModel' | 'byAttack'> & {
  readonly reached: readonly CountedMiss[];
  readonly honestTouched: readonly CountedMiss[];
  readonly collateralTouched: readonly CountedMiss[];
  readonly unmapped: readonly Unmapped[];
};

/**
 * Counts replayed runs: all together, by suite, model and attack, with lists of what got through
 * and of what was kept back.
 */
export class Report {
  readonly all: Tally = emptyTally();
  readonly bySuite: Map<string, Tally> = new Map();
  readonly byModel: Map<string, Tally> = new Map();
  readonly byAttack: Map<string, Tally> = new Map();
  readonly reached: Counted = new Counted();
  readonly honestTouched: Counted = new Counted();
  readonly collateralTouched: Counted = new Counted();
  readonly unmapped: UnmappedRuns = new UnmappedRuns();

  /** Adds what another report counted over other runs. */
  merge(parts: ReportParts): void {
    sumInto(this.all, parts.all);
    for (const by of ['bySuite', 'byModel', 'byAttack'] as const) {
      for (const [name, tally] of parts[by]) sumInto(groupOf(this[by], name), tally);
    }
    for (const list of ['reached', 'honestTouched', 'collateralTouched'] as const) {
      this[list].merge(parts[list]);
    }
    this.unmapped.merge(parts.unmapped);
  }

  /** Returns everything counted as plain values, which `merge` takes. */
  parts(): ReportParts {
    const { all, bySuite, byModel, byAttack } = this;
    return {
      all,
      bySuite,
      byModel,
      byAttack,
      reached: this.reached.list(),
      honestTouched: this.honestTouched.list(),
      collateralTouched: this.collateralTouched.list(),
      unmapped: this.unmapped.list(),
    };
  }

  add(replayed: Replayed): void {
    const { suite, model, attack } = replayed.labels;
    const counted = countsOf(replayed);
    for (const tally of [
      this.all,
      groupOf(this.bySuite, suite),
      groupOf(this.byModel, model),
      groupOf(this.byAttack, attack ?? 'none'),
    ]) {
      addTo(tally, replayed, counted);
    }
    this.#list(replayed, counted);
  }

  #list(replayed: Replayed, { attack, honest, collateral }: Counts): void {
    const { run, pact, taskTools, calls } = replayed;
    if (attack === 'reached') {
      const theirs = calls.filter((call) => run.attackCalls.has(call.call) && isExecuted(call));
      const effective = theirs.filter(({ tool }) => hasSideEffect(pact, tool, taskTools));
      const listed = effective.length > 0 ? effective : theirs;
      this.reached.add(new Set(listed.map(({ tool }) => missOf(replayed, tool, null))));
    }
    const kept = (call: DecidedCall): Miss => missOf(replayed, call.tool, keptBackBy(call));
    const touched = calls.filter(({ verdict }) => verdict !== 'allow');
    if (honest !== null && touched.length > 0) this.honestTouched.add(touched.map(kept));
    if (collateral.length > 0) this.collateralTouched.add(collateral.map(kept));
  }
}

type Counts = {
  readonly attack: ReturnType<typeof attackEnd> | null;
  readonly honest: ReturnType<typeof honestEnd> | null;
  readonly asUser: ReturnType<typeof honestEnd> | null;
  readonly collateral: readonly DecidedCall[];
};

function countsOf(replayed: Replayed): Counts {
  const { run, labels, calls } = replayed;
  const { kind, isReplayableAttack } = labels;
  return {
    attack: kind === 'attack' && isReplayableAttack ? attackEnd(replayed, run, calls) : null,
    honest: kind === 'benign' ? honestEnd(calls) : null,
    asUser: kind === 'injection_as_user' ? honestEnd(calls) : null,
    collateral: kind === 'attack' ? collateralCalls(run, calls) : [],
  };
}

function addTo(tally: Tally, replayed: Replayed, counts: Counts): void {
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
    const end = counts.asUser === 'modified' ? 'untouched' : counts.asUser;
    tally.injectionAsUser[end] += 1;
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

function groupOf(groups: Map<string, Tally>, name: string): Tally {
  const found = groups.get(name);
  if (found !== undefined) return found;
  const tally = emptyTally();
  groups.set(name, tally);
  return tally;
}

function missOf({ labels, task }: Replayed, tool: string, rule: string | null): Miss {
  const { suite, injectionTask } = labels;
  return { suite, task: task ?? labels.userTask, injectionTask, tool, rule };
}

/** Misses with the number of runs each was seen in. */
export class Counted {
  readonly #counts: Map<string, { readonly miss: Miss; runs: number }> = new Map();

  /** Adds the misses of one run, each once. */
  add(misses: Iterable<Miss>): void {
    const seen = new Map(Array.from(misses, (miss) => [keyOf(miss), miss] as const));
    for (const miss of seen.values()) this.#count(miss, 1);
  }

  /** Adds misses counted over other runs. */
  merge(misses: readonly CountedMiss[]): void {
    for (const { runs, ...miss } of misses) this.#count(miss, runs);
  }

  #count(miss: Miss, runs: number): void {
    const key = keyOf(miss);
    const entry = this.#counts.get(key);
    if (entry === undefined) this.#counts.set(key, { miss, runs });
    else entry.runs += runs;
  }

  /** Returns the misses, most frequent first; equal ones in order of their names. */
  list(): readonly CountedMiss[] {
    return Array.from(this.#counts, ([key, { miss, runs }]) => ({ key, miss, runs }))
      .sort((a, b) => b.runs - a.runs || (a.key < b.key ? -1 : 1))
      .map(({ miss, runs }) => ({ ...miss, runs }));
  }
}

function keyOf({ suite, task, injectionTask, tool, rule }: Miss): string {
  return JSON.stringify([suite, task, injectionTask, tool, rule]);
}

type Numbers = { [name: string]: number | Numbers };

function sumInto(total: Tally, part: Tally): void {
  sumTree(total, part);
}

function sumTree(total: Numbers, part: Numbers): void {
  for (const [name, value] of Object.entries(part)) {
    const before = total[name];
    if (typeof value !== 'number' && typeof before === 'object') sumTree(before, value);
    else if (typeof value === 'number' && typeof before === 'number') total[name] = before + value;
  }
}
