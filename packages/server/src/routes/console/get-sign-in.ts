import { checkOwnPage, cookieIn, schemeIn } from '../gate/cookie.ts';
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
  handle: ({ services }, { base, headers }) => {
    const cookie = cookieIn(headers, schemeIn(base));
    if (cookie === undefined) return answer(consoleSessionOf(undefined, services.signIns.ways()));
    const foreign = checkOwnPage(headers, 'GET');
    if (foreign !== null) return refuse(foreign);
    return answer(consoleSessionOf(services.signIns.find(cookie), services.signIns.ways()));
  },
});
