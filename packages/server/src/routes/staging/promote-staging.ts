import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { words } from '../shapes.ts';
import { changedStaging } from './staging-shapes.ts';

const body = z.strictObject({
  move: z.enum(['promote', 'restart']).default('promote'),
  reason: words,
});

/** A person lets an agent's staged actions come further, whatever the checks say. */
export const promoteStaging: Route = route({
  name: 'promoteStaging',
  method: 'POST',
  path: '/api/v1/agents/{agent}/staging/promote',
  rights: ['approve'],
  reach: 'agent',
  summary: 'a person promotes staged actions by one phase, or lets them begin again',
  isRecording: true,
  body: { shape: body, example: { move: 'promote', reason: 'compared with the live system' } },
  answer: { status: 200, shape: changedStaging },
  codes: ['unknown-agent', 'not-found', 'conflict', 'overloaded', 'unavailable'],
  handle: async ({ guard }, { caller, params: { agent }, body: said }) =>
    answerOf(await guard.staging.change({ agent, ...said, by: caller.id })),
});
