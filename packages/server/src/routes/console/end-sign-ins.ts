import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { count } from '../shapes.ts';

/** Signs somebody out everywhere. */
export const endSignIns: Route = route({
  name: 'endSignIns',
  method: 'DELETE',
  path: '/console/sign-ins',
  rights: ['prove'],
  reach: 'node',
  summary: 'signs you out everywhere',
  answer: { status: 200, shape: z.strictObject({ ended: count }) },
  codes: ['unavailable', 'overloaded'],
  handle: async ({ services }, { caller }) => answerOf(await services.signIns.revoke(null, caller)),
});
