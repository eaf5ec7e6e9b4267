import { z } from 'zod';

import { noAgent } from '../../guard/refusal.ts';
import { answer, refuse, route, type Route } from '../route.ts';
import { shownDrill } from './drill-shapes.ts';

/** The last drills of an agent. */
export const listAgentDrills: Route = route({
  name: 'listAgentDrills',
  method: 'GET',
  path: '/api/v1/agents/{agent}/drills',
  rights: ['read'],
  reach: 'agent',
  summary: 'the last drills of an agent, newest first: at most 100',
  answer: { status: 200, shape: z.strictObject({ rows: z.array(shownDrill) }) },
  codes: ['unknown-agent'],
  handle: ({ guard, services }, { params: { agent } }) => {
    if (guard.status(agent) === undefined) {
      return refuse({ code: 'unknown-agent', detail: noAgent(agent) });
    }
    return answer({ rows: services.drills.of(agent) });
  },
});
