import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { sessionRow } from '../sessions/session-shapes.ts';
import { count, queryNumber } from '../shapes.ts';

const MOST = 100;
const USUAL = 20;

/** Sessions of a room, of all agents that are seen. That they were read is recorded. */
export const listRoomSessions: Route = route({
  name: 'listRoomSessions',
  method: 'GET',
  path: '/api/v1/rooms/sessions',
  rights: ['read-sealed'],
  reach: 'handler',
  summary: 'sessions of a room, newest first; that they were read is recorded',
  // A name may hold anything: it stands in the query, which no log of requests keeps.
  query: z.strictObject({
    room: z.string().max(512).default(''),
    before: queryNumber.optional(),
    limit: queryNumber
      .refine((limit) => limit >= 1 && limit <= MOST, 'must be 1 to 100')
      .optional(),
  }),
  answer: {
    status: 200,
    shape: z.strictObject({ rows: z.array(sessionRow), looked: count, next: count.nullable() }),
  },
  codes: ['unavailable', 'overloaded'],
  handle: async ({ services }, { caller, query: { room, before = null, limit = USUAL } }) => {
    const asked = { room, agents: caller.agents, before, limit };
    return answerOf(await services.traces.room(asked, caller));
  },
});
