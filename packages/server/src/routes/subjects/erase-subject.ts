import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { count, sessionId, words } from '../shapes.ts';

const shape = z.strictObject({ index: count, subject: z.string(), sessions: z.array(sessionId) });

/** Erases a person's data: closes the sessions and destroys key and name. */
export const eraseSubject: Route = route({
  name: 'eraseSubject',
  method: 'POST',
  path: '/api/v1/subjects/erase',
  rights: ['administer'],
  reach: 'node',
  summary: "erases a person's data; every proof still passes",
  isRecording: true,
  body: {
    shape: z.strictObject({ subject: z.string().min(1).max(512), reason: words }),
    example: { subject: 'ada@example.com', reason: 'she asked for it' },
  },
  answer: { status: 200, shape },
  codes: ['not-found', 'conflict', 'unavailable'],
  handle: async ({ services }, { caller, body }) =>
    answerOf(await services.subjects.erase(body, caller)),
});
