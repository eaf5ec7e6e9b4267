import { answerOf, route, type Route } from '../route.ts';
import { traceAsked, traceQuery, traceShape } from './trace-shapes.ts';

/** Everything of a session, in order, opened. That it was read is recorded. */
export const openTrace: Route = route({
  name: 'openTrace',
  method: 'GET',
  path: '/api/v1/agents/{agent}/sessions/{session}/trace/opened',
  rights: ['read-sealed'],
  reach: 'agent',
  hasChains: true,
  summary: 'the same with what is sealed opened; the reading itself is recorded',
  query: traceQuery,
  answer: { status: 200, shape: traceShape },
  codes: ['unknown-session', 'unavailable', 'overloaded'],
  handle: async ({ services }, { caller, params, query }) =>
    answerOf(await services.traces.opened(traceAsked(params, query), caller)),
});
