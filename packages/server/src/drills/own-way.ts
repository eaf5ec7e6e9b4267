import type { Json, JsonObject } from '@plumbline/core';

import type { Channel, ChannelOperation } from '../client/channel.ts';
import { DRILL, type DrillGround } from '../guard/drill-ground.ts';
import type { Outcome } from '../guard/guard.ts';

// Nobody is held for longer than a drill may take to end.
const WATCH_MS = 500;

type Ask = (of: JsonObject) => Outcome<object> | Promise<Outcome<object>>;

/**
 * Returns the way of an enforcement point to the guard it runs beside: what others ask over the
 * socket or HTTP it asks in the same words.
 */
export function ownWay({ agent, decide, outcome, leases }: DrillGround): Channel {
  const asks: Readonly<Record<ChannelOperation, unknown>> = {
    decide,
    outcome,
    lease: leases.take,
    renew: leases.renew,
    acknowledge: leases.acknowledge,
    stops: leases.stops,
    'give-up': leases.giveUp,
  };
  return {
    ask: async (op, members) => {
      // Each is asked with what an enforcement point of our own gives, in the shape it takes.
      const ask = asks[op] as Ask;
      const said = await ask({ agent, ...membersOf(op, members) });
      // What the guard answers is what its routes print as JSON.
      if (said.ok) return { ok: true, value: said.value as JsonObject };
      return { ok: false, ...said.error };
    },
    close: () => undefined,
  };
}

function membersOf(op: ChannelOperation, members: JsonObject): JsonObject {
  const by: Json = DRILL;
  const { lease = null, ...action } = members;
  if (op === 'decide') return { ...action, under: { lease, by } };
  if (op === 'stops') return { ...members, by, waitMs: WATCH_MS };
  return op === 'outcome' ? members : { ...members, by };
}
