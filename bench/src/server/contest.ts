import { type Spread, spreadOf } from '../measure.ts';
import type { Round } from './closed-loop.ts';

/** One of those that are measured beside each other. */
export type Contestant = { readonly name: string; readonly round: () => Promise<Round> };

/** All rounds of one contestant; `share` is its rate by the first one's of the same round. */
export type Standing = {
  readonly name: string;
  readonly perSecond: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  readonly share: Spread;
};

const WARM_UP = 2;

/**
 * Runs the contestants in turn, round by round, so that what the machine does meanwhile meets all
 * of them. The first contestant is the lower bound. Two rounds of each before that do not count.
 */
export async function contest(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<readonly Standing[]> {
  const all = contestants.map((): Round[] => []);
  for (let index = -WARM_UP; index < rounds; index += 1) {
    for (const [place, { round }] of contestants.entries()) {
      globalThis.gc?.();
      const taken = await round();
      if (index >= 0) all[place]?.push(taken);
    }
  }
  const [bound = []] = all;
  return contestants.map(({ name }, place) => standingOf(name, all[place] ?? [], bound));
}

function standingOf(name: string, own: readonly Round[], bound: readonly Round[]): Standing {
  const shares = own.map(({ perSecond }, index) => perSecond / (bound[index]?.perSecond ?? NaN));
  return {
    name,
    perSecond: spreadOf(own.map(({ perSecond }) => perSecond)),
    p50Ms: spreadOf(own.map(({ p50Ms }) => p50Ms)),
    p99Ms: spreadOf(own.map(({ p99Ms }) => p99Ms)),
    share: spreadOf(shares),
  };
}
