import { answerOf, route, type Route } from '../route.ts';
import { giveUpBody, lastStop } from './lease-shapes.ts';

/** Ends a lease whose holder forwards nothing more. */
export const giveUpLease: Route = route({
  name: 'giveUpLease',
  method: 'POST',
  path: '/api/v1/agents/{agent}/leases/{lease}/give-up',
  rights: ['act'],
  reach: 'agent',
  summary: 'ends a lease: its holder forwards nothing more under it',
  body: { shape: giveUpBody, example: { used: [] } },
  answer: { status: 200, shape: lastStop },
  codes: ['unknown-agent', 'lease-unknown'],
  handle: ({ guard }, { caller, params: { agent, lease }, body }) => {
    return answerOf(guard.leases.giveUp({ agent, lease, by: caller.id, ...body }));
  },
});
