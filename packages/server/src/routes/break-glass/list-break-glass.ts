import { z } from 'zod';

import { answer, route, type Route } from '../route.ts';
import { shownGlass } from './break-glass-shapes.ts';

/** Every break-glass, newest first. */
export const listBreakGlass: Route = route({
  name: 'listBreakGlass',
  method: 'GET',
  path: '/api/v1/break-glass',
  rights: ['read'],
  reach: 'node',
  summary: 'every break-glass, newest first, and which reviews are owed',
  answer: { status: 200, shape: z.strictObject({ rows: z.array(shownGlass) }) },
  codes: [],
  handle: ({ services }) => answer({ rows: services.breakGlass.list() }),
});
