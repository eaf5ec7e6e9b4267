import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { count } from '../shapes.ts';

/** Ends one sign-in, wherever it is. */
export const endSignIn: Route = route({
  name: 'endSignIn',
  method: 'DELETE',
  path: '/console/sign-ins/{id}',
  rights: ['prove'],
  reach: 'node',
  summary: "ends one of your sign-ins; as an admin, anybody's",
  answer: { status: 200, shape: z.strictObject({ ended: count }) },
  codes: ['not-found', 'unavailable', 'overloaded'],
  handle: async ({ services }, { caller, params: { id } }) =>
    answerOf(await services.signIns.revoke(id, caller)),
});
