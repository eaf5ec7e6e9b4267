import { z } from 'zod';

import { flowIn, giveCookie, giveFlow, schemeIn } from '../gate/cookie.ts';
import { type Reply, route, type Route } from '../route.ts';
import { leadTo, leadToProblem } from './console-files.ts';
import { browserIn } from './console-shapes.ts';

const query = z.record(z.string().max(100), z.string().max(4_096));

/** Takes a browser back that signed in with an issuer, and gives it the cookie. */
export const endOidc: Route = route({
  name: 'endOidc',
  method: 'GET',
  path: '/console/oidc/back',
  rights: [],
  reach: 'handler',
  summary: 'takes a browser back from an issuer, and gives it the cookie',
  query,
  answer: { status: 302, type: 'text/html; charset=utf-8' },
  codes: [],
  handle: async ({ services, clock }, { query: said, base, headers, address }): Promise<Reply> => {
    const scheme = schemeIn(base);
    const url = new URL(`${base}/console/oidc/back?${new URLSearchParams(said).toString()}`);
    const sealed = flowIn(headers, scheme) ?? '';
    const browser = browserIn(headers['user-agent']);
    const ended = await services.signIns.end({ url, sealed }, { browser, address });
    const gone = giveFlow(null, scheme);
    if (!ended.ok) return leadToProblem(ended.problem, ended.to, [gone]);
    const { cookie, shown, to } = ended.value;
    const seconds = (shown.expiresAtMs - clock()) / 1_000;
    return leadTo(to, [gone, giveCookie(cookie, scheme, seconds)]);
  },
});
