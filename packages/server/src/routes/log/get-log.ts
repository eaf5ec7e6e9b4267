import { z } from 'zod';

import { answer, route, type Route } from '../route.ts';
import { count, time } from '../shapes.ts';

const shape = z.strictObject({
  origin: z.string(),
  verifierKey: z.string(),
  start: count,
  nextIndex: count,
  durableSize: count,
  publishedSize: count,
  checkpointAt: time.nullable(),
  stopped: z.string().nullable(),
  checkpoint: z.string(),
});

/** How the log stands. */
export const getLog: Route = route({
  name: 'getLog',
  method: 'GET',
  path: '/api/v1/log',
  rights: ['read'],
  reach: 'node',
  summary: 'origin, verifier key, sizes, checkpoint',
  answer: { status: 200, shape },
  codes: [],
  handle: ({ services }) => answer(services.log.status()),
});
