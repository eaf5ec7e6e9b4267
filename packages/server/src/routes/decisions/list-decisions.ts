import { z } from 'zod';

import { refuseNamed } from '../named-agent.ts';
import { answer, route, type Route } from '../route.ts';
import {
  agentId,
  count,
  decisionId,
  digest,
  page,
  paging,
  present,
  sessionId,
  time,
  verdict,
} from '../shapes.ts';

const row = z.strictObject({
  index: count,
  at: time,
  agent: agentId,
  session: sessionId,
  decision: decisionId,
  pact: digest,
  tool: z.string().nullable(),
  verdict,
  rules: z.array(z.string()),
  outcome: z.string().nullable(),
  outcomeIndex: count.nullable(),
});

const query = z.strictObject({
  session: sessionId.optional(),
  verdict: verdict.optional(),
  tool: z.string().max(512).optional(),
  rule: z.string().max(512).optional(),
  unfinished: z.enum(['true', 'false']).optional(),
  ...paging,
});

/** An agent's decisions, newest first. */
export const listDecisions: Route = route({
  name: 'listDecisions',
  method: 'GET',
  path: '/api/v1/agents/{agent}/decisions',
  rights: ['read'],
  reach: 'agent',
  summary: "an agent's decisions, newest first",
  query,
  answer: { status: 200, shape: page(row) },
  codes: ['unknown-agent'],
  handle: async (
    { guard, models },
    { caller, params: { agent }, query: { unfinished, ...rest } },
  ) => {
    const refused = refuseNamed({ guard }, caller, agent);
    if (refused !== null) return refused;
    const isUnfinished = unfinished === 'true' ? true : undefined;
    return answer(await models.decisions({ agent, ...present({ ...rest, isUnfinished }) }));
  },
});
