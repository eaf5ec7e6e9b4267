import { z } from 'zod';

import { isFor } from '../rights.ts';
import { answer, route, type Route } from '../route.ts';
import { agentStatus } from '../shapes.ts';

/** Every agent's status: of the agents the caller is for. */
export const listAgents: Route = route({
  name: 'listAgents',
  method: 'GET',
  path: '/api/v1/agents',
  rights: ['read'],
  reach: 'handler',
  summary: "every agent's status",
  answer: { status: 200, shape: z.strictObject({ rows: z.array(agentStatus) }) },
  codes: [],
  handle: ({ guard }, { caller }) =>
    answer({ rows: guard.agents().filter(({ agent }) => isFor(caller, agent)) }),
});
