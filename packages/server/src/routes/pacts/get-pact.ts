import { answerOf, route, type Route } from '../route.ts';
import { pactVersion } from './pact-shapes.ts';

/** One version of an agent's pact with its sources. */
export const getPact: Route = route({
  name: 'getPact',
  method: 'GET',
  path: '/api/v1/agents/{agent}/pacts/{digest}',
  rights: ['read'],
  reach: 'agent',
  summary: 'one version with its sources',
  answer: { status: 200, shape: pactVersion },
  codes: ['unknown-agent', 'not-found'],
  handle: async ({ services }, { params: { agent, digest } }) =>
    answerOf(await services.pacts.get({ agent, digest })),
});
