import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { words } from '../shapes.ts';
import { changedStaging } from './staging-shapes.ts';

const body = z.strictObject({
  move: z.enum(['fall-back', 'hold']).default('fall-back'),
  reason: words,
});

/** Takes an agent's staged actions back to the staging upstream, or keeps them where they are. */
export const takeBackStaging: Route = route({
  name: 'takeBackStaging',
  method: 'POST',
  path: '/api/v1/agents/{agent}/staging/take-back',
  rights: ['halt'],
  reach: 'agent',
  summary: 'takes staged actions back to the staging upstream, or holds them in their phase',
  isRecording: true,
  body: { shape: body, example: { move: 'fall-back', reason: 'orders were counted twice' } },
  answer: { status: 200, shape: changedStaging },
  codes: ['unknown-agent', 'not-found', 'conflict', 'overloaded', 'unavailable'],
  handle: async ({ guard }, { caller, params: { agent }, body: said }) =>
    answerOf(await guard.staging.change({ agent, ...said, by: caller.id })),
});
