import { z } from 'zod';

import { refuseNamed } from '../named-agent.ts';
import { answer, route, type Route } from '../route.ts';
import { agentId } from '../shapes.ts';
import { queuedItem } from './audit-shapes.ts';

const query = z.strictObject({ agent: agentId.optional() });

/** What was drawn and waits for a reviewer. */
export const listAuditQueue: Route = route({
  name: 'listAuditQueue',
  method: 'GET',
  path: '/api/v1/audits/queue',
  rights: ['read-sealed'],
  reach: 'handler',
  summary: 'drawn sessions that wait for a reviewer, in an order that tells nothing of them',
  query,
  answer: { status: 200, shape: z.strictObject({ rows: z.array(queuedItem) }) },
  codes: ['unknown-agent'],
  handle: async ({ guard, services }, { caller, query: { agent } }) => {
    const refused = refuseNamed({ guard }, caller, agent);
    if (refused !== null) return refused;
    return answer({ rows: await services.audits.queue(agent ?? null, caller) });
  },
});
