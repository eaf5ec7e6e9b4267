import { z } from 'zod';

import { answer, route, type Route } from '../route.ts';
import { shownCredential } from './credential-shapes.ts';

/** Every credential, revoked ones included. */
export const listCredentials: Route = route({
  name: 'listCredentials',
  method: 'GET',
  path: '/api/v1/credentials',
  rights: ['administer'],
  reach: 'node',
  summary: 'every credential, without its secret, with its last use',
  answer: { status: 200, shape: z.strictObject({ rows: z.array(shownCredential) }) },
  codes: [],
  handle: ({ services }) => answer({ rows: services.credentials.list() }),
});
