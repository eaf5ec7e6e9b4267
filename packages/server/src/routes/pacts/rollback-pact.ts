import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { words } from '../shapes.ts';
import { pactRow } from './pact-shapes.ts';

/** Arms an earlier version again. */
export const rollbackPact: Route = route({
  name: 'rollbackPact',
  method: 'POST',
  path: '/api/v1/agents/{agent}/pacts/{digest}/rollback',
  rights: ['administer'],
  reach: 'agent',
  summary: 'arms an earlier version again',
  isRecording: true,
  body: { shape: z.strictObject({ reason: words }), example: { reason: 'the new limit is wrong' } },
  answer: { status: 200, shape: pactRow },
  codes: [
    'unknown-agent',
    'not-found',
    'conflict',
    'needs-approval',
    'self-test-failed',
    'unavailable',
  ],
  handle: async ({ services }, { caller, params: { agent, digest }, body: { reason } }) =>
    answerOf(await services.pacts.rollback({ agent, digest, reason }, caller)),
});
