import { z } from 'zod';

import { isFor } from '../rights.ts';
import { refuseNamed } from '../named-agent.ts';
import { answer, route, type Route } from '../route.ts';
import { agentId } from '../shapes.ts';
import { shownAudit } from './audit-shapes.ts';

const query = z.strictObject({ agent: agentId.optional() });

/** The audits of every agent the caller is for: running ones first, then the newest. */
export const listAudits: Route = route({
  name: 'listAudits',
  method: 'GET',
  path: '/api/v1/audits',
  rights: ['read'],
  reach: 'handler',
  summary: 'audits: which run, what was drawn, and how much of it was judged',
  query,
  answer: { status: 200, shape: z.strictObject({ rows: z.array(shownAudit) }) },
  codes: ['unknown-agent'],
  handle: async ({ guard, services }, { caller, query: { agent } }) => {
    const refused = refuseNamed({ guard }, caller, agent);
    if (refused !== null) return refused;
    const rows = await services.audits.list(agent ?? null);
    return answer({ rows: rows.filter((row) => isFor(caller, row.agent)) });
  },
});
