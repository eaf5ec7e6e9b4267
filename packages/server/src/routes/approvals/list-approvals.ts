import { z } from 'zod';

import { refuseNamed } from '../named-agent.ts';
import { answer, route, type Route } from '../route.ts';
import { agentId, paging, present, sessionId } from '../shapes.ts';
import { approvalRow, askState } from './approval-shapes.ts';

const query = z.strictObject({
  agent: agentId.optional(),
  session: sessionId.optional(),
  state: askState.optional(),
  kind: z.enum(['action', 'pact', 'gate', 'tool', 'undo']).optional(),
  limit: paging.limit,
});

/** What waits for people, and what did. */
export const listApprovals: Route = route({
  name: 'listApprovals',
  method: 'GET',
  path: '/api/v1/approvals',
  rights: ['read'],
  reach: 'handler',
  summary:
    'what waits for people first, then what did, newest first: actions, pacts, gates, tools, undos',
  query,
  answer: { status: 200, shape: z.strictObject({ rows: z.array(approvalRow) }) },
  codes: ['unknown-agent'],
  handle: ({ guard, services }, { caller, query: asked }) => {
    const refused = refuseNamed({ guard }, caller, asked.agent);
    if (refused !== null) return refused;
    const { agents } = caller;
    return answer({ rows: services.approvals.list({ ...present(asked), agents }) });
  },
});
