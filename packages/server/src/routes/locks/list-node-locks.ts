import { z } from 'zod';

import { answer, route, type Route } from '../route.ts';
import { shownLock } from './lock-shapes.ts';

/** The locks that stand on every agent. */
export const listNodeLocks: Route = route({
  name: 'listNodeLocks',
  method: 'GET',
  path: '/api/v1/locks',
  rights: ['read'],
  reach: 'node',
  summary: 'the locks that stand on every agent',
  answer: { status: 200, shape: z.strictObject({ rows: z.array(shownLock) }) },
  codes: [],
  handle: ({ guard }) => answer({ rows: guard.people.locks(null) ?? [] }),
});
