import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { agentId, recorded } from '../shapes.ts';

/** Adds an agent. Everything it asks is refused until it has a pact. */
export const addAgent: Route = route({
  name: 'addAgent',
  method: 'POST',
  path: '/api/v1/agents',
  rights: ['administer'],
  reach: 'node',
  summary: 'adds an agent',
  isRecording: true,
  body: { shape: z.strictObject({ agent: agentId }), example: { agent: 'refunds' } },
  answer: { status: 201, shape: recorded },
  codes: ['conflict', 'unavailable', 'overloaded'],
  handle: async ({ guard }, { caller, body }) =>
    answerOf(await guard.addAgent(body.agent, caller.id), { status: 201 }),
});
