import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';

/** Gives roles back before their time. */
export const endBreakGlass: Route = route({
  name: 'endBreakGlass',
  method: 'DELETE',
  path: '/api/v1/break-glass/{id}',
  rights: ['prove'],
  reach: 'node',
  summary: 'gives the roles back before their time; an admin ends those of others',
  answer: { status: 200, shape: recorded },
  codes: ['not-found', 'conflict', 'unavailable'],
  handle: async ({ services }, { caller, rights, params: { id } }) =>
    answerOf(await services.breakGlass.end(id, caller, rights.includes('administer'))),
});
