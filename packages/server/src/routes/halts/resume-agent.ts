import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';
import { resumeBody } from './halt-shapes.ts';

/** Ends a halt of the same scope and target. People alone have the right. */
export const resumeAgent: Route = route({
  name: 'resumeAgent',
  method: 'POST',
  path: '/api/v1/agents/{agent}/resume',
  rights: ['operate'],
  reach: 'agent',
  summary: 'ends a halt of the same scope and target',
  isRecording: true,
  body: { shape: resumeBody, example: { scope: 'agent', reason: 'the refunds were right' } },
  answer: { status: 200, shape: recorded },
  codes: ['unknown-agent', 'same-objective', 'conflict', 'unavailable', 'overloaded'],
  handle: async ({ guard }, { caller, params: { agent }, body }) => {
    const { scope, reason, target = '' } = body;
    return answerOf(await guard.resume({ agent, scope, target, reason, by: caller.id }));
  },
});
