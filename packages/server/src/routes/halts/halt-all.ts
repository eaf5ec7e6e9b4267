import { answerOf, route, type Route } from '../route.ts';
import { haltAllBody, answeredHalt } from './halt-shapes.ts';

/** Stops every agent, or a room of all of them. */
export const haltAll: Route = route({
  name: 'haltAll',
  method: 'POST',
  path: '/api/v1/halt',
  rights: ['halt'],
  reach: 'node',
  summary: 'stops every agent, or a room of all of them; holds for agents added later too',
  isRecording: true,
  body: { shape: haltAllBody, example: { scope: 'fleet', reason: 'the model was changed' } },
  answer: { status: 200, shape: answeredHalt },
  codes: ['conflict', 'unavailable', 'overloaded'],
  handle: async ({ guard }, { caller, body }) => {
    const { scope, reason, target = '', incident = null } = body;
    const order = { agent: null, scope, target, reason, by: caller.id, incident };
    return answerOf(await guard.halt(order));
  },
});
