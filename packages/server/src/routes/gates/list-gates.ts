import { z } from 'zod';

import type { ClosedGate } from '../../guard/people.ts';
import { noAgent } from '../../guard/refusal.ts';
import { answer, refuse, route, type Route } from '../route.ts';
import { count, decisionId, sessionId, time } from '../shapes.ts';

const gate: z.ZodType<ClosedGate> = z.strictObject({
  category: z.string(),
  session: sessionId.nullable(),
  state: z.enum(['closed', 'kept']),
  since: time.nullable(),
  violations: count,
  because: z.array(decisionId),
  principals: count,
  approvers: z.array(z.string()),
});

/** An agent's gates that are shut, and why. */
export const listGates: Route = route({
  name: 'listGates',
  method: 'GET',
  path: '/api/v1/agents/{agent}/gates',
  rights: ['read'],
  reach: 'agent',
  summary: "an agent's gates that are shut: since when, by which violations, who may decide",
  answer: { status: 200, shape: z.strictObject({ rows: z.array(gate) }) },
  codes: ['unknown-agent'],
  handle: ({ guard }, { params: { agent } }) => {
    const rows = guard.people.closedGates(agent);
    if (rows !== undefined) return answer({ rows });
    return refuse({ code: 'unknown-agent', detail: noAgent(agent) });
  },
});
