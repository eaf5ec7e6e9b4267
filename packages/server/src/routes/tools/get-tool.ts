import { answerOf, route, type Route } from '../route.ts';
import { toolVersion } from './tool-shapes.ts';

/** One definition with its text, beside the one that was accepted. */
export const getTool: Route = route({
  name: 'getTool',
  method: 'GET',
  path: '/api/v1/agents/{agent}/tools/{digest}',
  rights: ['read'],
  reach: 'agent',
  summary: 'one definition with its text, and that of the accepted one',
  answer: { status: 200, shape: toolVersion },
  codes: ['unknown-agent', 'not-found'],
  handle: async ({ services }, { params: { agent, digest } }) =>
    answerOf(await services.tools.get({ agent, digest })),
});
