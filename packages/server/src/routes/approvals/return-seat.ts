import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';

/** Ends the giving of a seat, by who gave it, who holds it, or an administrator. */
export const returnSeat: Route = route({
  name: 'returnSeat',
  method: 'DELETE',
  path: '/api/v1/approval-delegations/{id}',
  rights: ['approve'],
  reach: 'node',
  summary: 'gives a seat back: by who gave it, who holds it, or with the right `administer`',
  isRecording: true,
  answer: { status: 200, shape: recorded },
  codes: ['not-found', 'unavailable', 'overloaded'],
  handle: async ({ services }, { caller, rights, params: { id } }) => {
    const isAdmin = rights.includes('administer');
    return answerOf(await services.seats.giveBack(id, caller, { isAdmin }));
  },
});
