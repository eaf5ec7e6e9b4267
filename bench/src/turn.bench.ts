import type { CompiledPact, State } from '@plumbline/core';

import { armed, close, open, takeTurn } from './drive.ts';
import { type Latency, rateOf, type Spread, spreadOf, Stopwatch } from './measure.ts';
import { type Example, pactOf } from './pacts.ts';
import type { Session } from './recording.ts';

/** What the whole turn costs with one number of rules. */
export type TurnRow = {
  readonly rules: number;
  readonly perSecond: Spread;
  readonly p50: Spread;
  readonly p99: Spread;
  readonly p999: Spread;
};

/** The pact of each agent, by its name. */
export type Pacts = ReadonlyMap<string, CompiledPact>;

const LATENCY_ROUNDS = 5;
const LEAST_LAPS = 50_000;

/**
 * Measures the whole turn over the recorded sessions: what was said, `decide`, the fold of the
 * decision, the fold of the recorded result. Sessions are opened and closed as recorded, inside
 * the measured time.
 */
export function benchTurn(
  sessions: readonly Session[],
  examples: readonly Example[],
  rules: number,
): TurnRow {
  const pacts = new Map(examples.map((example) => [example.agent, pactOf(example, rules)]));
  const perSecond = rateOf(() => playAll(sessions, pacts, null));
  const latencies = Array.from({ length: LATENCY_ROUNDS }, () => latencyOf(sessions, pacts));
  const spread = (pick: (latency: Latency) => number): Spread => spreadOf(latencies.map(pick));
  return {
    rules,
    perSecond,
    p50: spread(({ p50 }) => p50),
    p99: spread(({ p99 }) => p99),
    p999: spread(({ p999 }) => p999),
  };
}

function latencyOf(sessions: readonly Session[], pacts: Pacts): Latency {
  const watch = new Stopwatch();
  let laps = 0;
  while (laps < LEAST_LAPS) laps += playAll(sessions, pacts, watch);
  return watch.latency();
}

/** Plays every session through the kernel, one state per agent. Returns the number of turns. */
export function playAll(
  sessions: readonly Session[],
  pacts: Pacts,
  watch: Stopwatch | null,
): number {
  const states = new Map<string, State>();
  let turns = 0;
  for (const session of sessions) {
    const pact = pacts.get(session.agent);
    if (pact === undefined) continue;
    const before = states.get(session.agent) ?? armed(pact);
    states.set(session.agent, playOne(pact, before, { session, watch }));
    turns += session.turns.length;
  }
  return turns;
}

type Play = { readonly session: Session; readonly watch: Stopwatch | null };

// Opening a session counts to its first turn.
function playOne(pact: CompiledPact, before: State, { session, watch }: Play): State {
  watch?.start();
  let state = open(pact, before, session);
  for (const turn of session.turns) {
    state = takeTurn(pact, state, turn);
    watch?.lap();
  }
  return close(pact, state, session);
}
