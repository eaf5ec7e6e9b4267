import { z } from 'zod';

import { answer, route, type Route } from '../route.ts';
import { seatMembers } from './seat-shapes.ts';

/** The seats in approvals that are somebody else's now. */
export const listSeats: Route = route({
  name: 'listSeats',
  method: 'GET',
  path: '/api/v1/approval-delegations',
  rights: ['approve', 'read-sealed'],
  reach: 'node',
  summary: "the seats in approvals that are somebody else's now",
  answer: { status: 200, shape: z.strictObject({ rows: z.array(z.strictObject(seatMembers)) }) },
  codes: [],
  handle: async ({ services }) => answer({ rows: await services.seats.list() }),
});
