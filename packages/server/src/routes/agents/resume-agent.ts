import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';
import { haltBody } from './halt-body.ts';

/** Ends a halt of the same scope and target. */
export const resumeAgent: Route = route({
  name: 'resumeAgent',
  method: 'POST',
  path: '/api/v1/agents/{agent}/resume',
  rights: ['operate'],
  reach: 'agent',
  summary: 'ends a halt',
  isRecording: true,
  body: { shape: haltBody, example: { scope: 'agent', reason: 'refunds look wrong' } },
  answer: { status: 200, shape: recorded },
  codes: ['unknown-agent', 'unknown-session', 'conflict', 'unavailable', 'overloaded'],
  handle: async ({ guard }, { caller, params: { agent }, body }) => {
    const { scope, reason, target = '' } = body;
    return answerOf(await guard.resume({ agent, scope, target, reason, by: caller.id }));
  },
});
