import type { Desk } from '../desk.ts';
import type { Leases, Outcome } from '../guard.ts';
import { makeId } from '../ids.ts';
import { noAgent, done, refuse } from '../refusal.ts';
import type { Lease } from './leases.ts';
import type { GivenLease, LeaseRequest, OfLease } from './lease.ts';
import type { Stop } from './order.ts';

/** Returns the refusal of a lease that is not there. */
export function noLease(): Outcome<never> {
  return refuse('lease-unknown', 'the lease ran out or was never given: take another');
}

/** Returns what enforcement points ask of leases. */
export function leasesOf(desk: Desk): Leases {
  return {
    take: (of) => take(desk, of),
    renew: ({ used, ended, ...of }) => {
      return withLease(desk, of, (lease) => {
        const { leases, board } = desk.halts;
        noteUsed(desk, lease, used);
        for (const { decision, end } of ended) board.ended(lease.agent, decision, end);
        leases.renew(lease);
        return { lastsMs: leases.lastsMs, ...standing(desk, lease) };
      });
    },
    stops: ({ after, waitMs, ...of }) => nextStops(desk, of, { after, waitMs }),
    acknowledge: ({ stop, used, executed, ...of }) => {
      return withLease(desk, of, (lease) => {
        noteUsed(desk, lease, used);
        desk.parts.executing?.report(lease.lease, { stop, executed });
        desk.halts.board.acknowledge(lease, stop);
        return { stop };
      });
    },
    giveUp: ({ used, ...of }) => {
      return withLease(desk, of, (lease) => {
        noteUsed(desk, lease, used);
        desk.halts.leases.giveUp(lease);
        desk.halts.board.gaveUp(lease);
        return { stop: standing(desk, lease).stop };
      });
    },
  };
}

function take(
  desk: Desk,
  { agent, name, by, executors = [], session: of }: LeaseRequest,
): Outcome<GivenLease> {
  if (desk.stopped !== null) return refuse('unavailable', desk.stopped);
  const live = desk.agents.get(agent);
  if (live === undefined) return refuse('unknown-agent', noAgent(agent));
  const { leases } = desk.halts;
  const lease = makeId('lse', desk.parts.clocks.now(), desk.random);
  const acknowledged = live.stops.last;
  const session = of ?? null;
  if (!leases.take({ lease, agent, name, by, executors, session, acknowledged })) {
    return refuse('overloaded', 'there are too many leases: wait until some run out');
  }
  return done({ lease, lastsMs: leases.lastsMs, stop: acknowledged, epoch: live.state.epoch });
}

function withLease<T>(desk: Desk, of: OfLease, act: (lease: Lease) => T): Outcome<T> {
  const lease = desk.halts.leases.find(of);
  return lease === null ? noLease() : done(act(lease));
}

function standing(desk: Desk, { agent }: Lease): { readonly stop: number; readonly epoch: number } {
  const live = desk.agents.get(agent);
  return { stop: live?.stops.last ?? 0, epoch: live?.state.epoch ?? 0 };
}

// What was forwarded is known from here on, also where its report never comes.
function noteUsed(desk: Desk, lease: Lease, used: readonly string[]): void {
  const live = desk.agents.get(lease.agent);
  const now = desk.parts.clocks.now();
  for (const decision of used) {
    const flight = live?.flights.get(decision);
    if (flight?.lease !== lease.lease) continue;
    flight.redeemedAt ??= now;
    desk.halts.board.ended(lease.agent, decision, 'running');
  }
}

async function nextStops(
  desk: Desk,
  of: OfLease,
  { after, waitMs }: { readonly after: number; readonly waitMs: number },
): Promise<Outcome<{ readonly stop: number; readonly stops: readonly Stop[] }>> {
  const lease = desk.halts.leases.find(of);
  const live = desk.agents.get(of.agent);
  if (lease === null || live === undefined) return noLease();
  if (desk.halts.isOver) return refuse('unavailable', 'the daemon is stopping');
  if (live.stops.last <= after && waitMs > 0) {
    if (live.stops.waiting >= MOST_WAITING) {
      return refuse('overloaded', 'too many wait for stops of this agent');
    }
    await live.stops.next(waitMs);
  }
  return done({ stop: live.stops.last, stops: live.stops.after(after, live.state.epoch) });
}

const MOST_WAITING = 1_000;
