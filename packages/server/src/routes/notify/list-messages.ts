import { z } from 'zod';

import { answer, route, type Route } from '../route.ts';
import { messageState, shownMessage } from './notify-shapes.ts';

const query = z.strictObject({
  state: messageState.optional(),
  channel: z.string().min(1).max(64).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

/** The messages of the outbox. */
export const listMessages: Route = route({
  name: 'listMessages',
  method: 'GET',
  path: '/api/v1/notify/messages',
  rights: ['read'],
  reach: 'node',
  summary: 'messages to people: what waits, in the order it goes; else newest first',
  query,
  answer: { status: 200, shape: z.strictObject({ rows: z.array(shownMessage) }) },
  codes: [],
  handle: ({ services }, { query: { state, channel, limit } }) =>
    answer({ rows: services.notices.messages({ state, channel, limit }) }),
});
