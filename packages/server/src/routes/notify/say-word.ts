import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { recorded, words } from '../shapes.ts';

/** Tells everybody who was told of an incident the next word on it. */
export const sayWord: Route = route({
  name: 'sayWord',
  method: 'POST',
  path: '/api/v1/notify/incidents/{id}/words',
  rights: ['operate'],
  reach: 'node',
  summary: 'the next word on an incident, told to everybody who was told of it',
  isRecording: true,
  body: {
    shape: z.strictObject({
      text: words,
      nextMinutes: z.number().int().min(1).max(10_080).nullable().default(null),
    }),
    example: { text: 'the export is contained, nothing left the house', nextMinutes: 60 },
  },
  answer: { status: 200, shape: recorded },
  codes: ['not-found', 'unavailable', 'overloaded', 'too-large'],
  handle: async ({ services }, { caller, params: { id }, body }) =>
    answerOf(await services.notices.say({ incident: id, ...body }, caller.id)),
});
