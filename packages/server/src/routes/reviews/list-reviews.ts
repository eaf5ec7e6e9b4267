import { z } from 'zod';
import type { Review } from '@plumbline/core';

import { noAgent } from '../../guard/refusal.ts';
import { answer, refuse, route, type Route } from '../route.ts';
import { count, decisionId, time } from '../shapes.ts';

const review: z.ZodType<Review> = z.strictObject({
  id: z.string(),
  what: z.string(),
  at: time,
  because: z.array(decisionId),
  actions: count,
  sessions: count,
  closedAt: time.nullable(),
  closedBy: z.string().nullable(),
  finding: z.string().nullable(),
  reason: z.string().nullable(),
});

/** The reviews of an agent's objective, newest first. */
export const listReviews: Route = route({
  name: 'listReviews',
  method: 'GET',
  path: '/api/v1/agents/{agent}/reviews',
  rights: ['read'],
  reach: 'agent',
  summary: "the reviews of an agent's objective: what it tried to undo, and what people found",
  answer: { status: 200, shape: z.strictObject({ rows: z.array(review) }) },
  codes: ['unknown-agent'],
  handle: ({ guard }, { params: { agent } }) => {
    const rows = guard.people.reviews(agent);
    if (rows !== undefined) return answer({ rows });
    return refuse({ code: 'unknown-agent', detail: noAgent(agent) });
  },
});
