import { answerOf, route, type Route } from '../route.ts';
import { renewBody, renewed } from './lease-shapes.ts';

/** Makes a lease last from now on. */
export const renewLease: Route = route({
  name: 'renewLease',
  method: 'POST',
  path: '/api/v1/agents/{agent}/leases/{lease}/renew',
  rights: ['act'],
  reach: 'agent',
  summary: 'makes a lease last from now on, and says what was forwarded under it',
  body: { shape: renewBody, example: { used: [], ended: [] } },
  answer: { status: 200, shape: renewed },
  codes: ['unknown-agent', 'lease-unknown'],
  handle: ({ guard }, { caller, params: { agent, lease }, body }) => {
    return answerOf(guard.leases.renew({ agent, lease, by: caller.id, ...body }));
  },
});
