import { z } from 'zod';

import { isFor } from '../rights.ts';
import { answer, route, type Route } from '../route.ts';
import { shownStanding } from './drill-shapes.ts';

/** How drills stand, for each agent. */
export const listDrills: Route = route({
  name: 'listDrills',
  method: 'GET',
  path: '/api/v1/drills',
  rights: ['read'],
  reach: 'handler',
  summary: 'for each agent its last drill, when the next is due, and how many may halt it',
  answer: { status: 200, shape: z.strictObject({ rows: z.array(shownStanding) }) },
  codes: [],
  handle: async ({ services }, { caller }) => {
    const rows = await services.drills.list();
    return answer({ rows: rows.filter(({ agent }) => isFor(caller, agent)) });
  },
});
