import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { time } from '../shapes.ts';

const body = z.strictObject({ person: z.string().min(1).max(200).optional() });

/** Makes a link that signs a person in once: for oneself, or on the machine itself for anybody. */
export const makeSignInLink: Route = route({
  name: 'makeSignInLink',
  method: 'POST',
  path: '/console/links',
  rights: ['administer', 'prove'],
  reach: 'node',
  summary: 'makes a link that signs a person in at the console, once, within ten minutes',
  isSecret: true,
  body: { shape: body, example: { person: 'ada@example.com' } },
  answer: {
    status: 201,
    shape: z.strictObject({ path: z.string(), person: z.string(), expiresAtMs: time }),
  },
  codes: ['not-found', 'overloaded'],
  handle: async ({ services }, { caller, body: { person } }) => {
    const made = await services.signIns.link(person, caller);
    if (!made.ok) return answerOf(made);
    const { token, ...rest } = made.value;
    // What stands behind the `#` is sent nowhere: the page reads it and takes it away.
    const value = { path: `/console/sign-in#link=${token}`, ...rest };
    return answerOf({ ok: true, value }, { status: 201 });
  },
});
