import type { LiveAgent } from '../live-agent.ts';

/** Tells enforcement points that permits are void although nothing was halted. */
export function voidGiven(live: LiveAgent, session: string | null): void {
  live.stops.push({
    epoch: live.state.epoch,
    halt: null,
    cancels: false,
    voidsAll: session === null,
    sessions: session === null ? null : [session],
    tool: null,
  });
}
