import { z } from 'zod';

import { checkOwnPage, cookiesIn, giveCookie, schemeIn } from '../gate/cookie.ts';
import { answer, refuse, route, type Route } from '../route.ts';

/** Signs out whoever is signed in with this browser; signing out twice is no error. */
export const signOut: Route = route({
  name: 'signOut',
  method: 'DELETE',
  path: '/console/session',
  rights: [],
  reach: 'handler',
  summary: 'signs out whoever is signed in with this browser, and takes the cookie away',
  answer: { status: 200, shape: z.strictObject({ signedOut: z.boolean() }) },
  codes: ['unavailable', 'overloaded'],
  handle: async ({ services }, { base, headers }) => {
    const scheme = schemeIn(base);
    const cookies = cookiesIn(headers, scheme);
    const gone = { 'set-cookie': giveCookie(null, scheme) };
    if (cookies.length === 0) return { ...answer({ signedOut: false }), headers: gone };
    const foreign = checkOwnPage(headers, 'DELETE');
    if (foreign !== null) return refuse(foreign);
    let count = 0;
    for (const cookie of cookies) {
      const ended = await services.signIns.signOut(cookie);
      if (!ended.ok) return refuse({ code: ended.error.code, detail: ended.error.message });
      count += ended.value.ended;
    }
    return { ...answer({ signedOut: count > 0 }), headers: gone };
  },
});
