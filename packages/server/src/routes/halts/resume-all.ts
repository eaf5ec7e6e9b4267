import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';
import { resumeAllBody } from './halt-shapes.ts';

/** Ends a halt of every agent. People alone have the right. */
export const resumeAll: Route = route({
  name: 'resumeAll',
  method: 'POST',
  path: '/api/v1/resume',
  rights: ['operate'],
  reach: 'node',
  summary: 'ends a halt of every agent of the same scope and target',
  isRecording: true,
  body: { shape: resumeAllBody, example: { scope: 'fleet', reason: 'the model is back' } },
  answer: { status: 200, shape: recorded },
  codes: ['same-objective', 'conflict', 'unavailable', 'overloaded'],
  handle: async ({ guard }, { caller, body }) => {
    const { scope, reason, target = '' } = body;
    return answerOf(await guard.resume({ agent: null, scope, target, reason, by: caller.id }));
  },
});
