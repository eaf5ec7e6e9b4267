import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { count, queryNumber } from '../shapes.ts';

const shape = z.strictObject({
  from: count,
  to: count,
  hashes: z.array(z.string()),
  checkpoint: z.string(),
});

/** A proof that the log extends what it was at a size. */
export const getConsistency: Route = route({
  name: 'getConsistency',
  method: 'GET',
  path: '/api/v1/log/consistency',
  rights: ['read'],
  reach: 'node',
  summary: 'a consistency proof from a size to the checkpoint',
  query: z.strictObject({ from: queryNumber }),
  answer: { status: 200, shape },
  codes: ['not-found', 'unavailable'],
  handle: async ({ services }, { query: { from } }) =>
    answerOf(await services.log.consistency(from)),
});
