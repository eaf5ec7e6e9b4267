import { answerOf, route, type Route } from '../route.ts';
import { givenLease, takeBody } from './lease-shapes.ts';

/** Lends an enforcement point the right to redeem permits itself. */
export const takeLease: Route = route({
  name: 'takeLease',
  method: 'POST',
  path: '/api/v1/agents/{agent}/leases',
  rights: ['act'],
  reach: 'agent',
  summary: 'takes a lease, under which an enforcement point redeems its permits itself',
  body: { shape: takeBody, example: { name: 'gateway-1' } },
  answer: { status: 200, shape: givenLease },
  codes: ['unknown-agent', 'overloaded', 'unavailable'],
  handle: ({ guard }, { caller, params: { agent }, body }) => {
    return answerOf(guard.leases.take({ agent, by: caller.id, ...body }));
  },
});
