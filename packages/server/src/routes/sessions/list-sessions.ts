import { z } from 'zod';

import { refuseNamed } from '../named-agent.ts';
import { answer, route, type Route } from '../route.ts';
import { agentId, count, page, paging, present, sessionId, time } from '../shapes.ts';

const row = z.strictObject({
  agent: agentId,
  session: sessionId,
  openedAt: time,
  closedAt: time.nullable(),
  task: z.string().nullable(),
  openedBy: z.string(),
  subject: z.string().nullable(),
  decisions: count,
  refusals: count,
  lastAt: time,
});

/** An agent's sessions, newest first. */
export const listSessions: Route = route({
  name: 'listSessions',
  method: 'GET',
  path: '/api/v1/agents/{agent}/sessions',
  rights: ['read'],
  reach: 'agent',
  summary: "an agent's sessions, newest first",
  query: z.strictObject(paging),
  answer: { status: 200, shape: page(row) },
  codes: ['unknown-agent'],
  handle: async ({ guard, models }, { caller, params: { agent }, query }) => {
    const refused = refuseNamed({ guard }, caller, agent);
    if (refused !== null) return refused;
    return answer(await models.sessions({ agent, ...present(query) }));
  },
});
