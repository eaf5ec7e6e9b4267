import { z } from 'zod';

import { refuseNamed } from '../named-agent.ts';
import { answer, route, type Route } from '../route.ts';
import { page, paging, present } from '../shapes.ts';
import { sessionRow } from './session-shapes.ts';

/** An agent's sessions, newest first. */
export const listSessions: Route = route({
  name: 'listSessions',
  method: 'GET',
  path: '/api/v1/agents/{agent}/sessions',
  rights: ['read'],
  reach: 'agent',
  summary: "an agent's sessions, newest first",
  query: z.strictObject(paging),
  answer: { status: 200, shape: page(sessionRow) },
  codes: ['unknown-agent'],
  handle: async ({ guard, models }, { caller, params: { agent }, query }) => {
    const refused = refuseNamed({ guard }, caller, agent);
    if (refused !== null) return refused;
    return answer(await models.sessions({ agent, ...present(query) }));
  },
});
