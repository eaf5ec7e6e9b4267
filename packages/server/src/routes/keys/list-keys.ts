import { z } from 'zod';

import { answer, route, type Route } from '../route.ts';
import { shownKey } from './key-shapes.ts';

/** Every API key, revoked ones included. */
export const listKeys: Route = route({
  name: 'listKeys',
  method: 'GET',
  path: '/api/v1/keys',
  rights: ['administer'],
  reach: 'node',
  summary: 'every API key, without its secret',
  answer: { status: 200, shape: z.strictObject({ rows: z.array(shownKey) }) },
  codes: [],
  handle: async ({ services }) => answer({ rows: await services.keys.list() }),
});
