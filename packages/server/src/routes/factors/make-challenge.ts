import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { json, object, time } from '../shapes.ts';
import { purposeOf } from './proof-shapes.ts';

const body = z.strictObject({ path: z.string().min(1).max(1000), body: object });

/** Makes a challenge for an authenticator, bound to the request its answer will go with. */
export const makeChallenge: Route = route({
  name: 'makeChallenge',
  method: 'POST',
  path: '/api/v1/factors/challenges',
  rights: ['prove'],
  reach: 'node',
  summary: 'a WebAuthn challenge for one request: its `path`, and its `body` without `proof`',
  body: {
    shape: body,
    example: {
      path: '/api/v1/break-glass',
      body: { reason: 'the payments gateway is down', roles: ['operator'], minutes: 30 },
    },
  },
  answer: { status: 201, shape: z.strictObject({ options: json, expiresAtMs: time }) },
  codes: ['not-found', 'overloaded'],
  handle: async ({ services }, { caller, body: { path, body: sent } }) =>
    answerOf(await services.factors.challenge(purposeOf(path, sent), caller), { status: 201 }),
});
