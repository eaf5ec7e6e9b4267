import type { ShownUndo, Undos } from '../src/services/undo/undos.ts';

type Serve = <T>(name: string, value: T) => Promise<{ readonly ok: true; readonly value: T }>;

const DIGEST = `sha256:${'0'.repeat(64)}`;

const SET: ShownUndo = {
  undo: `und_${'0'.repeat(32)}`,
  agent: 'refunds',
  digest: DIGEST,
  pact: DIGEST,
  goOn: false,
  reason: 'booked by mistake',
  by: 'local',
  person: null,
  askedAt: 1,
  untilMs: 2,
  vote: null,
  runs: 0,
  ranBy: null,
  withdrawn: null,
  steps: [],
  state: 'pending',
  isActive: false,
  entries: [4],
};

/** Undoing in which there is one set that nothing happens to. */
export function fakeUndos(served: Serve): Undos {
  return {
    plan: ({ selection: { agent } }) =>
      served('undos.plan', { agent, pact: DIGEST, actions: [], reads: 0 }),
    ask: () => served('undos.ask', SET),
    list: () => [SET],
    find: () => SET,
    opened: () => served('undos.opened', { ...SET, args: [] }),
    whenChanged: () => Promise.resolve(),
    vote: () => served('undos.vote', SET),
    run: () => served('undos.run', SET),
    settle: () => served('undos.settle', SET),
    withdraw: () => served('undos.withdraw', { index: 8 }),
    take: () => served('undos.take', { action: null }),
    report: () => served('undos.report', SET),
    resume: () => Promise.resolve(),
    goOn: () => Promise.resolve(),
  };
}
