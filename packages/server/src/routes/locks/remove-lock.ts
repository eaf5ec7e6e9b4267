import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';
import { LOCK_EXAMPLE, unlockBody } from './lock-shapes.ts';

/** Takes a lock of one agent away. */
export const removeLock: Route = route({
  name: 'removeLock',
  method: 'DELETE',
  path: '/api/v1/agents/{agent}/locks',
  rights: ['operate'],
  reach: 'agent',
  summary: 'takes a lock of the agent away, with a reason',
  isRecording: true,
  body: { shape: unlockBody, example: { ...LOCK_EXAMPLE, reason: 'reopened by the customer' } },
  answer: { status: 200, shape: recorded },
  codes: ['unknown-agent', 'not-found', 'unavailable', 'overloaded'],
  handle: async ({ guard }, { caller, params: { agent }, body }) => {
    const { field = null, ...rest } = body;
    return answerOf(await guard.people.unlock({ ...rest, agent, field, by: caller.id }));
  },
});
