import { z } from 'zod';

import { answerOf, refuse, route, type Route } from '../route.ts';
import { time } from '../shapes.ts';
import { checkSignInPage } from './sign-in-page.ts';

/** Whose link it is, for who is about to use it. It stays good. */
export const showLinkOwner: Route = route({
  name: 'showLinkOwner',
  method: 'POST',
  path: '/console/links/owner',
  rights: [],
  reach: 'handler',
  isSignIn: true,
  summary: 'whom a link signs in, without using it',
  body: {
    shape: z.strictObject({ link: z.string().min(1).max(200) }),
    example: { link: 'A'.repeat(43) },
  },
  answer: {
    status: 200,
    shape: z.strictObject({ person: z.string(), name: z.string(), expiresAtMs: time }),
  },
  codes: ['bad-key', 'rate-limited'],
  handle: ({ services }, { headers, body: { link } }) => {
    const foreign = checkSignInPage(headers);
    return foreign === null ? answerOf(services.signIns.ownerOf(link)) : refuse(foreign);
  },
});
