import { z } from 'zod';

import { answer, route, type Route } from '../route.ts';
import { shownIncident } from './notify-shapes.ts';

/** Incidents of which a word was promised. */
export const listIncidents: Route = route({
  name: 'listIncidents',
  method: 'GET',
  path: '/api/v1/notify/incidents',
  rights: ['read'],
  reach: 'node',
  summary: 'incidents of which people were promised a word: those that wait first',
  answer: { status: 200, shape: z.strictObject({ rows: z.array(shownIncident) }) },
  codes: [],
  handle: ({ services }) => answer({ rows: services.notices.incidents() }),
});
