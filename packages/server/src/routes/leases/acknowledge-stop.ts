import { answerOf, route, type Route } from '../route.ts';
import { acknowledgeBody, lastStop } from './lease-shapes.ts';

/** Says that an enforcement point goes by a stop. */
export const acknowledgeStop: Route = route({
  name: 'acknowledgeStop',
  method: 'POST',
  path: '/api/v1/agents/{agent}/leases/{lease}/acknowledge',
  rights: ['act'],
  reach: 'agent',
  summary: 'says that what a stop voids is void here; names all that was forwarded before',
  body: { shape: acknowledgeBody, example: { stop: 3, used: [] } },
  answer: { status: 200, shape: lastStop },
  codes: ['unknown-agent', 'lease-unknown'],
  handle: ({ guard }, { caller, params: { agent, lease }, body }) => {
    return answerOf(guard.leases.acknowledge({ agent, lease, by: caller.id, ...body }));
  },
});
