import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';
import { LOCK_EXAMPLE, unlockBody } from './lock-shapes.ts';

/** Takes a lock away that stands on every agent. */
export const removeNodeLock: Route = route({
  name: 'removeNodeLock',
  method: 'DELETE',
  path: '/api/v1/locks',
  rights: ['operate'],
  reach: 'node',
  summary: 'takes a lock away that stands on every agent, with a reason',
  isRecording: true,
  body: { shape: unlockBody, example: { ...LOCK_EXAMPLE, reason: 'reopened by the customer' } },
  answer: { status: 200, shape: recorded },
  codes: ['not-found', 'unavailable', 'overloaded'],
  handle: async ({ guard }, { caller, body }) => {
    const { field = null, ...rest } = body;
    return answerOf(await guard.people.unlock({ ...rest, agent: null, field, by: caller.id }));
  },
});
