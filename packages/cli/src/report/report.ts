import { hasSideEffect, keptBackBy } from '../replay/classify.ts';
import { isExecuted, type DecidedCall } from '../replay/drive.ts';
import { runPlace } from '../readers/run.ts';
import { Counted, type CountedMiss, type Miss } from './misses.ts';
import {
  addTo,
  countsOf,
  emptyTally,
  sumInto,
  type Counts,
  type Replayed,
  type Tally,
} from './tally.ts';
import { UnmappedRuns, type Unmapped } from './unmapped.ts';

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
    const place = runPlace(run);
    if (attack === 'reached') {
      const theirs = calls.filter((call) => run.attackCalls.has(call.call) && isExecuted(call));
      const effective = theirs.filter(({ tool }) => hasSideEffect(pact, tool, taskTools));
      const listed = effective.length > 0 ? effective : theirs;
      const misses = listed.map(({ tool }) => missOf(replayed, tool, null));
      this.reached.add(misses, place);
    }
    const kept = (call: DecidedCall): Miss => missOf(replayed, call.tool, keptBackBy(call));
    const touched = calls.filter(({ verdict }) => verdict !== 'allow');
    if (honest !== null && touched.length > 0) this.honestTouched.add(touched.map(kept), place);
    if (collateral.length > 0) this.collateralTouched.add(collateral.map(kept), place);
  }
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
