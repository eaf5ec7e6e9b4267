import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { count } from '../shapes.ts';

/** Has dead letters wait again. */
export const retryMessages: Route = route({
  name: 'retryMessages',
  method: 'POST',
  path: '/api/v1/notify/retry',
  rights: ['operate'],
  reach: 'node',
  summary: 'has a dead letter, or up to 1,000 of them, be tried again under the same key',
  isRecording: true,
  body: {
    shape: z.strictObject({ key: z.string().min(1).max(255).nullable() }),
    example: { key: null },
  },
  answer: { status: 200, shape: z.strictObject({ retried: count }) },
  codes: ['not-found', 'unavailable', 'overloaded'],
  handle: async ({ services }, { caller, body: { key } }) =>
    answerOf(await services.notices.retry(key, caller.id)),
});
