import { answerOf, route, type Route } from '../route.ts';
import { haltBody, answeredHalt } from './halt-shapes.ts';

/** Stops an agent, or one of its sessions, rooms, tools or tasks. */
export const haltAgent: Route = route({
  name: 'haltAgent',
  method: 'POST',
  path: '/api/v1/agents/{agent}/halt',
  rights: ['halt'],
  reach: 'agent',
  summary: 'stops an agent, a session, a room, a tool or a task; answers once it is latched',
  isRecording: true,
  body: { shape: haltBody, example: { scope: 'agent', reason: 'refunds look wrong' } },
  answer: { status: 200, shape: answeredHalt },
  codes: ['unknown-agent', 'unknown-session', 'conflict', 'unavailable', 'overloaded'],
  handle: async ({ guard }, { caller, params: { agent }, body }) => {
    const { scope, reason, target = '', incident = null } = body;
    return answerOf(await guard.halt({ agent, scope, target, reason, by: caller.id, incident }));
  },
});
