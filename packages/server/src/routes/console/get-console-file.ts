import { route, type Route } from '../route.ts';
import { consoleReply } from './console-files.ts';
import { anyQuery } from './console-shapes.ts';

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
  handle: ({ site }, { headers, params: { file } }) => consoleReply(site, file, headers),
});
