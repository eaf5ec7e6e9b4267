import { checkOwnPage, cookiesIn, schemeIn } from '../gate/cookie.ts';
import { shownSignIn, signedInWith } from '../gate/signed-in.ts';
import { answer, refuse, route, type Route } from '../route.ts';
import { consoleSession, consoleSessionOf } from './console-shapes.ts';

/** Who is signed in with this browser; nobody is no error, because the page asks to find out. */
export const getSignIn: Route = route({
  name: 'getSignIn',
  method: 'GET',
  path: '/console/session',
  rights: [],
  reach: 'handler',
  summary: 'who is signed in with this browser, and how one may sign in',
  answer: { status: 200, shape: consoleSession },
  codes: [],
  handle: ({ services, clock }, { base, headers }) => {
    const scheme = schemeIn(base);
    const hasCookie = cookiesIn(headers, scheme).length > 0;
    const foreign = hasCookie ? checkOwnPage(headers, 'GET') : null;
    if (foreign !== null) return refuse(foreign);
    const { signIns } = services;
    const found = signedInWith(signIns, headers, scheme);
    const isKnown = found !== null && !('problem' in found);
    const shown = isKnown ? shownSignIn(services, found) : undefined;
    return answer(consoleSessionOf(shown, { signIns, nowMs: clock() }));
  },
});
