import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';

/** Revokes an API key; it counts before this is answered. */
export const revokeKey: Route = route({
  name: 'revokeKey',
  method: 'DELETE',
  path: '/api/v1/keys/{id}',
  rights: ['administer'],
  reach: 'node',
  summary: 'revokes an API key, at once',
  answer: { status: 200, shape: recorded },
  codes: ['not-found', 'conflict', 'unavailable'],
  handle: async ({ services }, { caller, params }) =>
    answerOf(await services.keys.revoke(params.id, caller)),
});
