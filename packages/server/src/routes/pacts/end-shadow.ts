import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';

/** Ends shadowing. */
export const endShadow: Route = route({
  name: 'endShadow',
  method: 'DELETE',
  path: '/api/v1/agents/{agent}/shadow',
  rights: ['administer'],
  reach: 'agent',
  summary: 'ends shadowing',
  answer: { status: 200, shape: recorded },
  codes: ['unknown-agent', 'not-found', 'conflict', 'unavailable'],
  handle: async ({ services }, { caller, params }) =>
    answerOf(await services.pacts.endShadow(params.agent, caller)),
});
