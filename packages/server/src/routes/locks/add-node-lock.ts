import { answerOf, route, type Route } from '../route.ts';
import { LOCK_EXAMPLE, lockBody, placedLock } from './lock-shapes.ts';

/** Locks what a person decided against every agent, those added later included. */
export const addNodeLock: Route = route({
  name: 'addNodeLock',
  method: 'POST',
  path: '/api/v1/locks',
  rights: ['lock'],
  reach: 'node',
  summary: 'locks what a person decided against every agent, those added later included',
  isRecording: true,
  body: { shape: lockBody, example: LOCK_EXAMPLE },
  answer: { status: 201, shape: placedLock },
  codes: ['too-large', 'unavailable', 'overloaded'],
  handle: async ({ guard }, { caller, body }) => {
    const { field = null, untilMs = null, ...rest } = body;
    const of = { ...rest, agent: null, field, untilMs, by: caller.id };
    return answerOf(await guard.people.lock(of), { status: 201 });
  },
});
