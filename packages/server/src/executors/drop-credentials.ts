import type { Executor } from './executor.ts';

/** What a broker still holds and does for an agent. */
export type BrokerHold = {
  /** How many secrets of an agent are in memory, or were until this turn's halt. */
  readonly holds: (agent: string) => boolean;
  /** Drops them once more, and resolves when no call that is halted is under way any more. */
  readonly letGo: (agent: string) => Promise<void>;
};

/**
 * Returns the executor that answers for the credentials the daemon uses for an agent: none is in
 * memory any more, and every call that was made with one has come to its end.
 */
export function dropCredentials(broker: BrokerHold): Executor {
  return {
    name: 'credentials',
    order: 0,
    concerns: ({ agent }) => broker.holds(agent),
    execute: async ({ agent }) => {
      await broker.letGo(agent);
      return { state: 'done' };
    },
    retries: { most: 0, afterMs: 0 },
  };
}
