import { route, type Route } from '../route.ts';
import { leadTo } from './console-files.ts';

/** Leads whoever opens the daemon's address to the console. */
export const goToConsole: Route = route({
  name: 'goToConsole',
  method: 'GET',
  path: '/',
  rights: [],
  reach: 'handler',
  summary: 'leads a browser to the console',
  answer: { status: 302, type: 'text/html; charset=utf-8' },
  codes: [],
  handle: () => leadTo('/console/'),
});
