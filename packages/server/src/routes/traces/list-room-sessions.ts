import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { sessionRow } from '../sessions/session-shapes.ts';
import { count } from '../shapes.ts';

/** The last sessions of a room, of all agents that are seen. That they were read is recorded. */
export const listRoomSessions: Route = route({
  name: 'listRoomSessions',
  method: 'GET',
  path: '/api/v1/rooms/sessions',
  rights: ['read-sealed'],
  reach: 'handler',
  summary: 'the last sessions of a room, at most 20; that they were read is recorded',
  // A name may hold anything: it stands in the query, which no log of requests keeps.
  query: z.strictObject({ room: z.string().max(512).default('') }),
  answer: {
    status: 200,
    shape: z.strictObject({ rows: z.array(sessionRow), looked: count, isAll: z.boolean() }),
  },
  codes: ['unavailable', 'overloaded'],
  handle: async ({ services }, { caller, query: { room } }) =>
    answerOf(await services.traces.room({ room, agents: caller.agents }, caller)),
});
