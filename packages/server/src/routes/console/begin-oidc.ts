import { z } from 'zod';

import { giveFlow, schemeIn } from '../gate/cookie.ts';
import { route, type Route } from '../route.ts';
import { leadTo, leadToProblem } from './console-files.ts';
import { isLedByOthers } from './sign-in-page.ts';

// Above the console, elsewhere, or to where signing in would begin again.
const STRAY = /\/\/|(?:^|\/)(?:\.|%2e){1,2}(?:[/?]|$)|^\/console\/oidc(?:[/?]|$)/i;

/** Where a sign-in may end: a page of the console, and nothing that leads elsewhere. */
const ownPage = z
  .string()
  .max(1_000)
  .regex(/^\/console\/[\w.~%/?=&,:;@!$'()*+-]*$/)
  .refine((path) => !STRAY.test(path), 'must be a page of the console');

/** Sends a browser to an issuer of tokens to sign in there. */
export const beginOidc: Route = route({
  name: 'beginOidc',
  method: 'GET',
  path: '/console/oidc/{id}',
  rights: [],
  reach: 'handler',
  summary: 'sends a browser to an issuer to sign in; `to` is the page it comes back to',
  query: z.strictObject({ to: ownPage.default('/console/') }),
  answer: { status: 302, type: 'text/html; charset=utf-8' },
  codes: [],
  handle: async ({ services }, { params: { id }, query: { to }, base, headers }) => {
    // Others lead to the page that offers it: the person presses, or does not.
    if (isLedByOthers(headers)) return leadTo(to);
    const back = `${base}/console/oidc/back`;
    const begun = await services.signIns.begin({ issuer: id, back, to });
    if (!begun.ok) return leadToProblem(begun.problem, to);
    const { place, sealed } = begun.value;
    return leadTo(place, [giveFlow(sealed, schemeIn(base))]);
  },
});
