import { z } from 'zod';

import { answerOf, refuse, route, type Route } from '../route.ts';
import { count, sessionId } from '../shapes.ts';
import { openBody, openRequestOf } from './attest.ts';

/** Opens a session for a principal the caller attests to, or who shows a token of their own. */
export const openSession: Route = route({
  name: 'openSession',
  method: 'POST',
  path: '/api/v1/agents/{agent}/sessions',
  rights: ['open-session'],
  reach: 'agent',
  summary:
    'opens a session; `principal`, `task`, `room` and `attributes` are attested by the caller, ' +
    "`token` is the principal's own, `parent` hands a session down",
  isRecording: true,
  body: {
    shape: openBody,
    example: { principal: 'ada@example.com', task: 'refund', attributes: { tier: 'gold' } },
  },
  answer: {
    status: 201,
    shape: z.strictObject({ session: sessionId, index: count, isRepeat: z.boolean() }),
  },
  codes: [
    'unknown-agent',
    'unknown-session',
    'session-closed',
    'not-armed',
    'not-let-through',
    'bad-principal',
    'token-used',
    'conflict',
    'too-large',
    'overloaded',
    'unavailable',
  ],
  handle: async (api, { caller, params: { agent }, body }) => {
    const asked = await openRequestOf(api, caller, { agent, body });
    if ('problem' in asked) return refuse(asked.problem);
    return answerOf(await api.guard.openSession(asked.value), { status: 201 });
  },
});
