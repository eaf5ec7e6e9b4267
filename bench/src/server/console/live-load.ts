import { setTimeout as sleep } from 'node:timers/promises';

import type { FrameClient } from '../frame-client.ts';
import { liveTurn, openBare } from './scene.ts';

/** What writes entries at a steady rate until it is stopped. */
export type LiveLoad = { readonly stop: () => Promise<void> };

type Worked = { readonly agent: string; readonly session: string };

const AGENTS = 40;
const FIRST = 10;
const ENTRIES_OF_A_TURN = 3;
const MOST_AT_ONCE = 24;
const LOOK_MS = 10;

/** Opens a session for each of forty agents, and adds the one that is looked at. */
export async function openWorked(frames: FrameClient, looked: Worked): Promise<readonly Worked[]> {
  const agents = Array.from({ length: AGENTS }, (_, each) => `agent-${FIRST + each}`);
  const opened = await Promise.all(
    agents.map(async (agent) => ({ agent, session: await openBare(frames, agent) })),
  );
  return [looked, ...opened];
}

let turns = 1_000_000;

/** Writes so many entries a second, in the sessions in turn; a late turn is made up for. */
export function startLoad(
  frames: FrameClient,
  worked: readonly Worked[],
  perSecond: number,
): LiveLoad {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const began = performance.now();
  let begun = 0;
  const going = (async () => {
    while (!stopping.signal.aborted) {
      const elapsedMs = performance.now() - began;
      const due = (elapsedMs * perSecond) / 1_000 / ENTRIES_OF_A_TURN;
      while (begun < due && running.size < MOST_AT_ONCE) {
        const of = worked[begun % worked.length];
        if (of === undefined) return;
        begun += 1;
        turns += 1;
        const turn = liveTurn(frames, { ...of, turn: turns });
        running.add(turn);
        void turn.finally(() => running.delete(turn));
      }
      await sleep(LOOK_MS);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await going;
      await Promise.all(running);
    },
  };
}
