import type { LiveFlight } from '../flight-table.ts';
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

/**
 * Voids the permits of every session that has one for what is meant and was not forwarded yet: what
 * a person decided holds from now on, also against what was let through a moment before. The other
 * permits of such a session are void as well; whoever holds them asks again.
 */
export function voidUnforwarded(live: LiveAgent, isMeant: (flight: LiveFlight) => boolean): void {
  const meant = [...live.flights.values()].filter((flight) => {
    return flight.redeemedAt === null && isMeant(flight);
  });
  for (const session of new Set(meant.map((flight) => flight.session))) {
    live.permits.void(session);
    voidGiven(live, session);
  }
}
