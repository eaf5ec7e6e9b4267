import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { count } from '../shapes.ts';
import { haltBody } from './halt-body.ts';

/** Stops an agent or one of its sessions. */
export const haltAgent: Route = route({
  name: 'haltAgent',
  method: 'POST',
  path: '/api/v1/agents/{agent}/halt',
  rights: ['operate'],
  reach: 'agent',
  summary: 'stops an agent or a session; permits not yet redeemed are void',
  isRecording: true,
  body: { shape: haltBody, example: { scope: 'agent', reason: 'refunds look wrong' } },
  answer: { status: 200, shape: z.strictObject({ index: count, epoch: count }) },
  codes: ['unknown-agent', 'unknown-session', 'conflict', 'unavailable', 'overloaded'],
  handle: async ({ guard }, { caller, params: { agent }, body }) => {
    const { scope, reason, target = '' } = body;
    return answerOf(await guard.halt({ agent, scope, target, reason, by: caller.id }));
  },
});
