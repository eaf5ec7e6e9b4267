import { noAgent } from '../../guard/refusal.ts';
import { answer, refuse, route, type Route } from '../route.ts';
import { agentStatus } from '../shapes.ts';

/** One agent's status. */
export const getAgent: Route = route({
  name: 'getAgent',
  method: 'GET',
  path: '/api/v1/agents/{agent}',
  rights: ['read'],
  reach: 'agent',
  summary: "one agent's status",
  answer: { status: 200, shape: agentStatus },
  codes: ['unknown-agent'],
  handle: ({ guard }, { params }) => {
    const status = guard.status(params.agent);
    if (status !== undefined) return answer(status);
    return refuse({ code: 'unknown-agent', detail: noAgent(params.agent) });
  },
});
