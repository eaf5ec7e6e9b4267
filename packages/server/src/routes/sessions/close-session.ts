import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';

/** Closes a session; its permits are void. */
export const closeSession: Route = route({
  name: 'closeSession',
  method: 'POST',
  path: '/api/v1/agents/{agent}/sessions/{session}/close',
  rights: ['open-session'],
  reach: 'agent',
  summary: 'closes a session; its permits are void',
  isRecording: true,
  answer: { status: 200, shape: recorded },
  codes: ['unknown-agent', 'unknown-session', 'session-closed', 'overloaded', 'unavailable'],
  handle: async ({ guard }, { params: { agent, session } }) =>
    answerOf(await guard.closeSession({ agent, session })),
});
