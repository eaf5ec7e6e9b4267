import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';
import { observedBody } from './observed-shapes.ts';

/** Takes down what a supervisor saw of what it runs. */
export const recordObserved: Route = route({
  name: 'recordObserved',
  method: 'POST',
  path: '/api/v1/agents/{agent}/observed',
  rights: ['act'],
  reach: 'agent',
  summary: 'takes down what a supervisor saw: processes, connections, files, limits',
  body: {
    shape: observedBody,
    example: {
      session: '7f9c2ba4e88f827d',
      what: 'connections',
      refused: 1,
      events: [{ host: 'example.com', port: 443, verdict: 'refused', why: 'not-listed' }],
      finding: 'connection_refused',
    },
  },
  answer: { status: 200, shape: recorded },
  codes: [
    'unknown-agent',
    'unknown-session',
    'session-closed',
    'too-large',
    'overloaded',
    'unavailable',
  ],
  handle: async ({ guard }, { params: { agent }, body }) =>
    answerOf(await guard.observed({ agent, ...body })),
});
