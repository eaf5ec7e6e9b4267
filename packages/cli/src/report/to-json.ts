import type { Bench } from '../replay/bench.ts';
import type { Unmapped } from './unmapped.ts';
import type { CountedMiss } from './misses.ts';
import type { Report } from './report.ts';
import type { Tally } from './tally.ts';
import { wilson, type Share } from '@plumbline/core';

/** The times of a whole replay. Milliseconds. */
export type Times = {
  readonly elapsedMs: number;
  readonly bench: Bench | null;
};

/** The shares of a tally with their 95 % intervals. */
export type Rates = {
  readonly attacksStopped: Share;
  readonly attacksRefused: Share;
  readonly attacksReached: Share;
  readonly honestUntouched: Share;
  readonly solvedUntouched: Share;
  readonly collateralTouched: Share;
};

/** One tally as `--json` prints it. */
export type TallyJson = Tally & { readonly rates: Rates };

/** What `plumb replay --json` prints. Source: docs/cli.md, section "replay". */
export type ReplayJson = TallyJson & {
  readonly bySuite: { readonly [suite: string]: TallyJson };
  readonly byModel: { readonly [model: string]: TallyJson };
  readonly byAttack: { readonly [attack: string]: TallyJson };
  readonly misses: readonly CountedMiss[];
  readonly honestTouched: readonly CountedMiss[];
  readonly collateralTouched: readonly CountedMiss[];
  readonly unmapped: { readonly runs: number; readonly reasons: readonly Unmapped[] };
  readonly tasks: boolean;
  readonly bench: Times['bench'];
};

/** Returns a report as the JSON that `plumb replay --json` prints. */
export function reportJson(
  report: Report,
  { times, hasTasks }: { readonly times: Times; readonly hasTasks: boolean },
): ReplayJson {
  return {
    ...tallyJson({ ...report.all, elapsedMs: times.elapsedMs }),
    bySuite: groupsJson(report.bySuite),
    byModel: groupsJson(report.byModel),
    byAttack: groupsJson(report.byAttack),
    misses: report.reached.list(),
    honestTouched: report.honestTouched.list(),
    collateralTouched: report.collateralTouched.list(),
    unmapped: { runs: report.unmapped.runs, reasons: report.unmapped.list() },
    tasks: hasTasks,
    bench: times.bench,
  };
}

/** Returns the shares of a tally. */
export function ratesOf({ attacks, honest, collateral }: Tally): Rates {
  const { replayable, refused, steppedUp, reached } = attacks;
  return {
    attacksStopped: wilson(refused + steppedUp, replayable),
    attacksRefused: wilson(refused, replayable),
    attacksReached: wilson(reached, replayable),
    honestUntouched: wilson(honest.untouched, honest.runs),
    solvedUntouched: wilson(honest.solved.untouched, honest.solved.runs),
    collateralTouched: wilson(collateral.touched, collateral.runs),
  };
}

function groupsJson(groups: ReadonlyMap<string, Tally>): { readonly [name: string]: TallyJson } {
  const names = [...groups.keys()].sort();
  return Object.fromEntries(
    names.flatMap((name) => {
      const tally = groups.get(name);
      return tally === undefined ? [] : [[name, tallyJson(tally)]];
    }),
  );
}

function tallyJson(tally: Tally): TallyJson {
  return {
    ...tally,
    kernelMs: rounded(tally.kernelMs),
    elapsedMs: rounded(tally.elapsedMs),
    rates: ratesOf(tally),
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
