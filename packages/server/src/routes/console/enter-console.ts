import { route, type Route } from '../route.ts';
import { leadTo } from './console-files.ts';

/** Leads a browser to the console's own folder, below which its paths begin. */
export const enterConsole: Route = route({
  name: 'enterConsole',
  method: 'GET',
  path: '/console',
  rights: [],
  reach: 'handler',
  summary: 'leads a browser to the console',
  answer: { status: 302, type: 'text/html; charset=utf-8' },
  codes: [],
  handle: () => leadTo('/console/'),
});
