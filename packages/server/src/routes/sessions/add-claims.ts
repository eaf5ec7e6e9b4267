import { z } from 'zod';

import { answerOf, refuse, route, type Route } from '../route.ts';
import { count } from '../shapes.ts';
import { type ProvingBody, provingMembers, provingOf } from './attest.ts';

/** Its shape; one of the two at least. */
export const claimsBody: z.ZodType<ProvingBody> = z
  .strictObject(provingMembers)
  .refine(({ token, claims }) => token !== undefined || claims !== undefined, {
    message: 'must hold a `token` or `claims`',
  });

/** Records what a session's principal proves by a token, or what its opener attests. */
export const addClaims: Route = route({
  name: 'addClaims',
  method: 'POST',
  path: '/api/v1/agents/{agent}/sessions/{session}/claims',
  rights: ['speak-for-principal'],
  reach: 'agent',
  summary: "records what the principal's own `token` proves, or `claims` the caller may attest",
  isRecording: true,
  body: {
    shape: claimsBody,
    example: { token: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl' },
  },
  answer: { status: 200, shape: z.strictObject({ index: count, claims: count }) },
  codes: [
    'unknown-agent',
    'unknown-session',
    'session-closed',
    'bad-principal',
    'token-used',
    'conflict',
    'overloaded',
    'unavailable',
  ],
  handle: async (api, { caller, params: { agent, session }, body }) => {
    const proving = await provingOf(api, caller, body);
    if ('problem' in proving) return refuse(proving.problem);
    return answerOf(await api.guard.prove({ agent, session, ...proving.value }));
  },
});
