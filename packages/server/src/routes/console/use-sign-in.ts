import { checkOwnPage, cookiesIn, schemeIn } from '../gate/cookie.ts';
import { shownSignIn, signedInWith } from '../gate/signed-in.ts';
import { answer, refuse, route, type Route } from '../route.ts';
import { consoleSession, consoleSessionOf } from './console-shapes.ts';

/** Says that a person is there: what a page asks by itself keeps nobody signed in. */
export const useSignIn: Route = route({
  name: 'useSignIn',
  method: 'POST',
  path: '/console/session/use',
  rights: [],
  reach: 'handler',
  summary:
    'says that whoever is signed in is there, so that the sign-in does not end for want of use',
  answer: { status: 200, shape: consoleSession },
  codes: [],
  handle: ({ services, clock }, { base, headers }) => {
    const scheme = schemeIn(base);
    const hasCookie = cookiesIn(headers, scheme).length > 0;
    const foreign = hasCookie ? checkOwnPage(headers, 'POST') : null;
    if (foreign !== null) return refuse(foreign);
    const { signIns } = services;
    const found = signedInWith(signIns, headers, scheme);
    const standing = { signIns, nowMs: clock() };
    if (found === null) return answer(consoleSessionOf(undefined, standing));
    if ('problem' in found) return refuse(found.problem);
    const { signIn } = found.caller;
    if (signIn !== undefined) signIns.use(signIn);
    return answer(consoleSessionOf(shownSignIn(services, found), standing));
  },
});
