import type { Drill } from '../src/drills/drill.ts';
import type { Drills } from '../src/drills/drills.ts';
import type { Served } from '../src/services/services.ts';

const DRILLED: Drill = {
  id: '0123456789abcdef',
  agent: 'refunds',
  state: 'passed',
  why: null,
  cause: 'asked',
  by: 'local',
  boundMs: 1_000,
  startedAt: 1,
  endedAt: 2,
  session: 's1',
  halt: 'h1',
  times: { latchedMs: 4, effectiveMs: 6, lastForwardMs: 1 },
  forwarded: 12,
  refused: 6,
  practised: [{ what: 'leases', state: 'practised', ms: 6, why: null }],
  holders: 3,
  needed: 3,
};

/** A service of drills that answers from nowhere. */
export function fakeDrills(
  served: <T>(name: string, value: T) => Promise<Served<T> & { ok: true }>,
): Drills {
  const standing = {
    agent: 'refunds',
    rule: { everyMs: 1_000, holders: 3 },
    last: DRILLED,
    lastPassedAt: 2,
    isRunning: false,
    dueAt: 3,
    isOverdue: false,
    holders: 3,
    needed: 3,
    missing: 0,
    entries: [3],
  };
  return {
    run: () => served('drills.run', DRILLED),
    list: () => Promise.resolve([standing]),
    of: () => [DRILLED],
    find: () => DRILLED,
    attention: () => [],
  };
}
