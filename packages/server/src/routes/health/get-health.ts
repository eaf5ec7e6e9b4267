import { z } from 'zod';

import { answer, route, type Route } from '../route.ts';

/** Says that the program runs. */
export const getHealth: Route = route({
  name: 'getHealth',
  method: 'GET',
  path: '/healthz',
  rights: [],
  reach: 'handler',
  summary: '200 while the program runs',
  answer: { status: 200, shape: z.strictObject({ status: z.literal('up') }) },
  codes: [],
  handle: () => answer({ status: 'up' }),
});
