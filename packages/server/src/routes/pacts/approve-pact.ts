import { answerOf, route, type Route } from '../route.ts';
import { pactRow } from './pact-shapes.ts';

/** The second person's word where publishing needs two. */
export const approvePact: Route = route({
  name: 'approvePact',
  method: 'POST',
  path: '/api/v1/agents/{agent}/pacts/{digest}/approve',
  rights: ['approve'],
  reach: 'agent',
  summary: "the second person's word where publishing needs two",
  isRecording: true,
  answer: { status: 200, shape: pactRow },
  codes: ['unknown-agent', 'not-found', 'conflict', 'self-test-failed', 'unavailable'],
  handle: async ({ services }, { caller, params: { agent, digest } }) =>
    answerOf(await services.pacts.approve({ agent, digest }, caller)),
});
