import { z } from 'zod';

import { overviewOf } from '../../services/fleet/overview.ts';
import { answer, route, type Route } from '../route.ts';
import { agentId, agentStatusMembers, count, time } from '../shapes.ts';

const { waiting: _, ...status } = agentStatusMembers;

const row = z.strictObject({
  ...status,
  state: z.enum(['halted', 'restricted', 'unarmed', 'active', 'idle']),
  waits: z.strictObject({
    approvals: count,
    gates: count,
    pacts: count,
    tools: count,
    reviews: count,
  }),
  bypasses: count,
  decisions: count,
  refusals: count,
  lastAt: time.nullable(),
  lastIndex: count.nullable(),
});

const halt = z.strictObject({
  halt: z.string(),
  scope: z.string(),
  target: z.string(),
  reason: z.string(),
  state: z.enum(['latched', 'effective']),
  latchedAt: time,
  by: z.string(),
  index: count.nullable(),
});

const query = z.strictObject({ agent: agentId.optional() });

/** The fleet in one answer. */
export const getOverview: Route = route({
  name: 'getOverview',
  method: 'GET',
  path: '/api/v1/overview',
  rights: ['read'],
  reach: 'handler',
  summary:
    'every agent, or the one that is named: its state, halts, what waits, leases and its last hour',
  query,
  answer: {
    status: 200,
    shape: z.strictObject({
      at: time,
      sinceAt: time,
      nextIndex: count,
      rows: z.array(row),
      halts: z.array(halt),
      strayBypasses: count,
    }),
  },
  codes: [],
  handle: async (api, { caller, query: { agent } }) =>
    answer(await overviewOf(api, caller.agents, agent)),
});
