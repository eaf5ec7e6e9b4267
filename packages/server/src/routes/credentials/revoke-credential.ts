import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';

/** Revokes a credential and destroys its secret; it counts before this is answered. */
export const revokeCredential: Route = route({
  name: 'revokeCredential',
  method: 'DELETE',
  path: '/api/v1/credentials/{id}',
  rights: ['administer'],
  reach: 'node',
  summary: 'revokes a credential and destroys its secret, at once',
  answer: { status: 200, shape: recorded },
  codes: ['not-found', 'unavailable'],
  handle: async ({ services }, { caller, params }) =>
    answerOf(await services.credentials.revoke(params.id, caller)),
});
