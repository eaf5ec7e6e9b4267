import { z } from 'zod';

import { answer, route, type Route } from '../route.ts';
import { shownChannel } from './notify-shapes.ts';

/** The channels by which people are told. */
export const listChannels: Route = route({
  name: 'listChannels',
  method: 'GET',
  path: '/api/v1/notify/channels',
  rights: ['read'],
  reach: 'node',
  summary: 'the channels by which people are told, and how each fares',
  answer: { status: 200, shape: z.strictObject({ rows: z.array(shownChannel) }) },
  codes: [],
  handle: ({ services }) => answer({ rows: services.notices.channels() }),
});
