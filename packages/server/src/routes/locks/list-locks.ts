import { z } from 'zod';

import { noAgent } from '../../guard/refusal.ts';
import { answer, refuse, route, type Route } from '../route.ts';
import { shownLock } from './lock-shapes.ts';

/** An agent's locks in force, with those that stand on every agent. */
export const listLocks: Route = route({
  name: 'listLocks',
  method: 'GET',
  path: '/api/v1/agents/{agent}/locks',
  rights: ['read'],
  reach: 'agent',
  summary: "an agent's locks in force, with those that stand on every agent",
  answer: { status: 200, shape: z.strictObject({ rows: z.array(shownLock) }) },
  codes: ['unknown-agent'],
  handle: ({ guard }, { params: { agent } }) => {
    const rows = guard.people.locks(agent);
    if (rows !== undefined) return answer({ rows });
    return refuse({ code: 'unknown-agent', detail: noAgent(agent) });
  },
});
