import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { agentId, count, json, object, sessionId, time } from '../shapes.ts';

const entry = z.strictObject({
  index: count,
  at: time,
  kind: z.string(),
  agent: agentId.nullable(),
  session: sessionId.nullable(),
  open: object,
  secret: json,
});

const shape = z.strictObject({
  subject: z.string(),
  name: z.string(),
  entries: z.array(entry),
  nextIndex: count,
});

/** Everything held of a person, opened. That it was read is recorded. */
export const exportSubject: Route = route({
  name: 'exportSubject',
  method: 'POST',
  path: '/api/v1/subjects/export',
  rights: ['administer'],
  reach: 'node',
  summary: 'everything held of a person, opened; the reading itself is recorded',
  body: {
    shape: z.strictObject({ subject: z.string().min(1).max(512) }),
    example: { subject: 'ada@example.com' },
  },
  answer: { status: 200, shape },
  codes: ['not-found', 'too-large', 'unavailable'],
  handle: async ({ services }, { caller, body }) =>
    answerOf(await services.subjects.export(body.subject, caller)),
});
