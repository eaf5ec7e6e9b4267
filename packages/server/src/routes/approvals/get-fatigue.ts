import { z } from 'zod';

import { answer, route, type Route } from '../route.ts';
import { count, queryNumber, time } from '../shapes.ts';

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 366;

const query = z.strictObject({
  days: queryNumber
    .refine((days) => days >= 1 && days <= LONGEST_DAYS, `must be 1 to ${LONGEST_DAYS}`)
    .optional(),
});

const row = z.strictObject({
  person: z.string(),
  decisions: count,
  approvals: count,
  approvalShare: z.number().min(0).max(1),
  medianMs: count.nullable(),
  leastMs: count.nullable(),
  underFiveSeconds: count,
  unseen: count,
  means: z.string(),
});

/** How approvers decide: a person who approves everything at once is no control. */
export const getFatigue: Route = route({
  name: 'getFatigue',
  method: 'GET',
  path: '/api/v1/approvals/fatigue',
  rights: ['approve', 'read-sealed'],
  reach: 'node',
  summary: 'how people decide, over so many days: how much they approve, and how fast',
  query,
  answer: {
    status: 200,
    shape: z.strictObject({ sinceMs: time, waiting: count, rows: z.array(row) }),
  },
  codes: [],
  handle: ({ services }, { query: { days = 7 } }) =>
    answer(services.approvals.fatigue(days * DAY_MS)),
});
