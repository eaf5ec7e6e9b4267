import type { IncomingHttpHeaders } from 'node:http';

import type { Problem } from '../problem.ts';

/** Returns why nobody signs in from the page a request comes from, or null. */
export function checkSignInPage(headers: IncomingHttpHeaders): Problem | null {
  return isLedByOthers(headers) || headers['sec-fetch-site'] === 'none'
    ? { code: 'bad-origin', detail: "sign in at the console's own page" }
    : null;
}

/** Returns whether a page of others led a browser here, as far as the browser says so. */
export function isLedByOthers(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
