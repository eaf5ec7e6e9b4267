import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { count } from '../shapes.ts';

/** Rolls the log over: it ends, and another one goes on. */
export const rollLog: Route = route({
  name: 'rollLog',
  method: 'POST',
  path: '/api/v1/log/roll',
  rights: ['administer'],
  reach: 'node',
  summary: 'rolls the log over: the name of the next, and how many entries stand before it',
  isRecording: true,
  answer: { status: 200, shape: z.strictObject({ origin: z.string(), start: count }) },
  codes: ['overloaded', 'unavailable'],
  handle: async ({ services }) => answerOf(await services.log.roll()),
});
