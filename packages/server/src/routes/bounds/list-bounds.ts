import type { BoundRoom } from '@plumbline/core';
import { z } from 'zod';

import { noAgent } from '../../guard/refusal.ts';
import { answer, refuse, route, type Route } from '../route.ts';
import { count, sessionId, time } from '../shapes.ts';

const window = z.union([
  z.strictObject({ kind: z.enum(['call', 'session', 'day', 'agent']) }),
  z.strictObject({ kind: z.literal('window'), lengthMs: count }),
]);

const bound: z.ZodType<BoundRoom> = z.strictObject({
  rule: z.string(),
  tools: z.array(z.string()),
  sum: z.string().nullable(),
  most: z.string(),
  per: window,
  used: z.string().nullable(),
  left: z.string().nullable(),
  endsAtMs: time.nullable(),
  session: sessionId.nullable(),
  emptySessions: count,
});

/** How much is left of an agent's limits and budgets. */
export const listBounds: Route = route({
  name: 'listBounds',
  method: 'GET',
  path: '/api/v1/agents/{agent}/bounds',
  rights: ['read'],
  reach: 'agent',
  summary: 'how much is used and left of each limit and budget of the armed pact, and until when',
  answer: { status: 200, shape: z.strictObject({ rows: z.array(bound) }) },
  codes: ['unknown-agent'],
  handle: ({ guard }, { params: { agent } }) => {
    const rows = guard.roomLeft(agent);
    if (rows !== undefined) return answer({ rows });
    return refuse({ code: 'unknown-agent', detail: noAgent(agent) });
  },
});
