import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { json, time } from '../shapes.ts';

/** Makes a challenge for a passkey: nobody is known yet, and nothing is kept. */
export const makeSignInChallenge: Route = route({
  name: 'makeSignInChallenge',
  method: 'POST',
  path: '/console/challenge',
  rights: [],
  reach: 'handler',
  summary: 'makes a challenge that any passkey of a person here may answer, once',
  answer: { status: 201, shape: z.strictObject({ options: json, expiresAtMs: time }) },
  codes: [],
  handle: async ({ services }) => answerOf(await services.signIns.challenge(), { status: 201 }),
});
