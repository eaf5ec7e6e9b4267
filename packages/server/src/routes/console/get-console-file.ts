import { route, type Route } from '../route.ts';
import { consoleReply, leadTo } from './console-files.ts';
import { anyQuery } from './console-shapes.ts';
import { isLedByOthers } from './sign-in-page.ts';

/** A file of the console, or its page for every path that is none. */
export const getConsoleFile: Route = route({
  name: 'getConsoleFile',
  method: 'GET',
  path: '/console/{file}',
  rights: [],
  reach: 'handler',
  summary: "the console's files; its page for every path that names none",
  query: anyQuery,
  answer: { status: 200, type: 'text/html; charset=utf-8' },
  codes: ['not-found'],
  handle: ({ site }, { headers, query, params: { file } }) => {
    // A link signs in by itself only where the person opened it: else the page asks them first.
    const isLed = file === 'sign-in' && isLedByOthers(headers);
    if (isLed && query['led'] === undefined) return leadTo('/console/sign-in?led');
    return consoleReply(site, file, headers);
  },
});
