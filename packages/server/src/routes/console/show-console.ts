import { route, type Route } from '../route.ts';
import { consoleReply } from './console-files.ts';
import { anyQuery } from './console-shapes.ts';

/** The console's page. */
export const showConsole: Route = route({
  name: 'showConsole',
  method: 'GET',
  path: '/console/',
  rights: [],
  reach: 'handler',
  summary: "the console's page; it holds nothing, and asks the API for what it shows",
  query: anyQuery,
  answer: { status: 200, type: 'text/html; charset=utf-8' },
  codes: [],
  handle: ({ site }, { headers }) => consoleReply(site, '', headers),
});
