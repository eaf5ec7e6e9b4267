import { answerOf, route, type Route } from '../route.ts';
import { LOCK_EXAMPLE, lockBody, placedLock } from './lock-shapes.ts';

/** Locks what a person decided against one agent. */
export const addLock: Route = route({
  name: 'addLock',
  method: 'POST',
  path: '/api/v1/agents/{agent}/locks',
  rights: ['lock'],
  reach: 'agent',
  summary: 'locks what a person decided: the agent may not change it any more',
  isRecording: true,
  body: { shape: lockBody, example: LOCK_EXAMPLE },
  answer: { status: 201, shape: placedLock },
  codes: ['unknown-agent', 'too-large', 'unavailable', 'overloaded'],
  handle: async ({ guard }, { caller, params: { agent }, body }) => {
    const { field = null, untilMs = null, ...rest } = body;
    const of = { ...rest, agent, field, untilMs, by: caller.id };
    return answerOf(await guard.people.lock(of), { status: 201 });
  },
});
