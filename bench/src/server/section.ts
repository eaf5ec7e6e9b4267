import { type Spread, spreadOf } from '../measure.ts';
import { percent, spreadText, table, whole } from '../cells.ts';
import type { Standing } from './contest.ts';

/** One table of the page: its title, what has to be known to read it, and its rows. */
export type Section = {
  readonly title: string;
  readonly says: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** How a benchmark is run. */
export type Options = {
  /** Tiny sizes, to see that it runs. */
  readonly isQuick: boolean;
  /** Also what takes many minutes. */
  readonly isLong: boolean;
  /** A folder that is filled already, or is to be kept once it was; null: one of its own. */
  readonly filled: string | null;
  /** Which pages of the console alone; null: all. */
  readonly pages: readonly string[] | null;
};

/** A benchmark of the server, by its name. */
export type ServerBench = {
  readonly name: string;
  readonly run: (options: Options) => Promise<readonly Section[]>;
};

export const STANDING_HEAD: readonly string[] = ['a second', 'p50 ms', 'p99 ms', 'of the bound'];

/** Returns the cells of a contestant below `STANDING_HEAD`. */
export function standingCells({ perSecond, p50Ms, p99Ms, share }: Standing): readonly string[] {
  return [whole(perSecond), hundredths(p50Ms), hundredths(p99Ms), percent(share)];
}

/** Returns the median, least and greatest with two decimals. */
export function hundredths(spread: Spread): string {
  return spreadText(spread, (value) => value.toFixed(2));
}

/** Returns a section as Markdown. */
export function renderSection({ title, says, head, rows }: Section): string {
  return [`### ${title}`, says, table(head, rows)].join('\n\n');
}

/** Runs something a number of times and returns how many ms it took. */
export async function timesOf(rounds: number, run: () => Promise<unknown>): Promise<Spread> {
  const took: number[] = [];
  for (let index = 0; index < rounds; index += 1) {
    globalThis.gc?.();
    const startedMs = performance.now();
    await run();
    took.push(performance.now() - startedMs);
  }
  return spreadOf(took);
}
