import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { count, time } from '../shapes.ts';
import { seatMembers } from './seat-shapes.ts';

/** Gives the caller's own seat in approvals to another person for a while. */
export const giveSeat: Route = route({
  name: 'giveSeat',
  method: 'POST',
  path: '/api/v1/approval-delegations',
  rights: ['approve'],
  reach: 'node',
  summary: "gives the caller's own seat in approvals to another person until a moment",
  isRecording: true,
  body: {
    shape: z.strictObject({ to: z.string().min(1).max(256), untilMs: time }),
    example: { to: 'omar@example.com', untilMs: 1_800_000_000_000 },
  },
  answer: { status: 201, shape: z.strictObject({ ...seatMembers, index: count }) },
  codes: ['bad-request', 'forbidden', 'unavailable', 'overloaded'],
  handle: async ({ services }, { caller, body }) =>
    answerOf(await services.seats.give(body, caller), { status: 201 }),
});
