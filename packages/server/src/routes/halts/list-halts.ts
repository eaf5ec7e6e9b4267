import { z } from 'zod';

import { isFor } from '../rights.ts';
import { answer, route, type Route } from '../route.ts';
import { haltView } from './halt-shapes.ts';
import { seenBy } from './seen-by.ts';

/** Every halt in force, and those since the daemon started. */
export const listHalts: Route = route({
  name: 'listHalts',
  method: 'GET',
  path: '/api/v1/halts',
  rights: ['read', 'halt'],
  reach: 'handler',
  summary:
    'every halt since the daemon started, newest first, then those that were in force before',
  answer: { status: 200, shape: z.strictObject({ rows: z.array(haltView) }) },
  codes: [],
  handle: ({ guard, services }, { caller }) => {
    const rows = guard.halts().filter(({ agent }) => agent === null || isFor(caller, agent));
    return answer({ rows: rows.map((view) => seenBy(caller, view, services.keys)) });
  },
});
