import { z } from 'zod';

import { refuseNamed } from '../named-agent.ts';
import { isFor } from '../rights.ts';
import { answer, route, type Route } from '../route.ts';
import { agentId, paging } from '../shapes.ts';
import { shownUndo } from './undo-shapes.ts';

const SHOWN = 100;
const query = z.strictObject({ agent: agentId.optional(), limit: paging.limit });

/** What is, was or is to be taken back. */
export const listUndos: Route = route({
  name: 'listUndos',
  method: 'GET',
  path: '/api/v1/undos',
  rights: ['read'],
  reach: 'handler',
  summary: 'what is, was or is to be taken back, newest first',
  query,
  answer: { status: 200, shape: z.strictObject({ rows: z.array(shownUndo) }) },
  codes: ['unknown-agent'],
  handle: ({ guard, services }, { caller, query: { agent, limit = SHOWN } }) => {
    const refused = refuseNamed({ guard }, caller, agent);
    if (refused !== null) return refused;
    const rows = services.undos.list(agent ?? null).filter((set) => isFor(caller, set.agent));
    return answer({ rows: rows.slice(0, limit) });
  },
});
