import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { queryNumber } from '../shapes.ts';
import { nextStops } from './lease-shapes.ts';

const query = z.strictObject({
  after: queryNumber,
  waitMs: queryNumber.refine((ms) => ms <= 30_000, 'must be at most 30000'),
});

/** Holds the answer until something stops. */
export const watchStops: Route = route({
  name: 'watchStops',
  method: 'GET',
  path: '/api/v1/agents/{agent}/leases/{lease}/stops',
  rights: ['act'],
  reach: 'agent',
  summary: 'the stops after one that is known; held until there is one, at most `waitMs`',
  query,
  answer: { status: 200, shape: nextStops },
  codes: ['unknown-agent', 'lease-unknown', 'overloaded'],
  handle: async ({ guard }, { caller, params: { agent, lease }, query: { after, waitMs } }) => {
    return answerOf(await guard.leases.stops({ agent, lease, by: caller.id, after, waitMs }));
  },
});
