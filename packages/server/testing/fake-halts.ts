import type { Guard, Outcome } from '../src/guard/guard.ts';
import type { AnsweredHalt, HaltView, LatchedHalt } from '../src/guard/halts/view.ts';

const HALTED: LatchedHalt = {
  halt: 'h1',
  epoch: 2,
  state: 'latched',
  latchedAt: 1_700_000_000_000,
  waitingFor: [{ agent: 'refunds', lease: 'l1', name: 'gateway-1' }],
  index: 4,
};

/** What is answered to a halt. */
export const LATCHED: AnsweredHalt = { ...HALTED, warning: null };

/** A halt of one agent as it is shown. */
export const HALT: HaltView = {
  ...HALTED,
  agent: 'refunds',
  scope: 'agent',
  target: '',
  reason: 'refunds look wrong',
  by: 'local',
  incident: null,
  effectiveAt: null,
  effectiveMs: null,
  acknowledged: [],
  ranOut: [],
  inFlight: [],
  executors: [],
  resumedAt: null,
  revision: 3,
};

/** Returns what a guard says of halts and leases, from nowhere. */
export function fakeHalts(calls: string[]): Pick<Guard, 'halts' | 'findHalt' | 'leases'> {
  const said = <T>(name: string, value: T): Outcome<T> => {
    calls.push(name);
    return { ok: true, value };
  };
  const lasting = { lastsMs: 2_000, stop: 0, epoch: 1 };
  return {
    halts: () => [HALT],
    findHalt: (halt) => Promise.resolve(halt === 'h1' ? HALT : undefined),
    leases: {
      take: () => said('leases.take', { lease: 'l1', ...lasting }),
      renew: () => said('leases.renew', lasting),
      stops: () => Promise.resolve(said('leases.stops', { stop: 0, stops: [] })),
      acknowledge: () => said('leases.acknowledge', { stop: 0 }),
      giveUp: () => said('leases.giveUp', { stop: 0 }),
    },
  };
}
