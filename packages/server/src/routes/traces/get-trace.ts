import { answerOf, route, type Route } from '../route.ts';
import { traceAsked, traceQuery, traceShape } from './trace-shapes.ts';

/** Everything of a session, in order, as everyone may read it. */
export const getTrace: Route = route({
  name: 'getTrace',
  method: 'GET',
  path: '/api/v1/agents/{agent}/sessions/{session}/trace',
  rights: ['read'],
  reach: 'agent',
  hasChains: true,
  summary: 'everything of a session, oldest first, what is sealed left out',
  query: traceQuery,
  answer: { status: 200, shape: traceShape },
  codes: ['unknown-session'],
  handle: async ({ services }, { params, query }) =>
    answerOf(await services.traces.recorded(traceAsked(params, query))),
});
