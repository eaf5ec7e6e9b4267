import { z } from 'zod';

import { proof, purposeOf } from '../factors/proof-shapes.ts';
import { giveCookie, schemeIn } from '../gate/cookie.ts';
import { answer, refuse, route, type Route } from '../route.ts';
import { object } from '../shapes.ts';
import { browserIn, consoleSession, consoleSessionOf } from './console-shapes.ts';

const body = z.discriminatedUnion('way', [
  z.strictObject({
    way: z.literal('key'),
    key: z.string().min(1).max(200),
    proof: proof.optional(),
  }),
  z.strictObject({
    way: z.literal('link'),
    link: z.string().min(1).max(200),
    proof: proof.optional(),
  }),
  z.strictObject({ way: z.literal('passkey'), response: object }),
]);

/** Signs a person in with a browser: answers who they are, and gives the cookie. */
export const signIn: Route = route({
  name: 'signIn',
  method: 'POST',
  path: '/console/session',
  rights: [],
  reach: 'handler',
  isSignIn: true,
  summary: 'signs a person in with a browser, by key, link or passkey; gives a cookie',
  body: {
    shape: body,
    example: {
      way: 'key',
      key: `plk_${'0'.repeat(16)}_${'0'.repeat(64)}`,
      proof: { factor: 'totp', code: '123456' },
    },
  },
  answer: { status: 201, shape: consoleSession },
  codes: ['bad-key', 'needs-proof', 'bad-proof', 'forbidden', 'rate-limited', 'unavailable'],
  handle: async ({ services, clock }, { body: given, base, headers, address }) => {
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin') {
      const detail = "sign in at the console's own page";
      return refuse({ code: 'bad-origin', detail });
    }
    const signed = await services.signIns.signIn({
      with: given.way === 'passkey' ? given : { ...given, proof: given.proof },
      purpose: purposeOf('/console/session', given),
      browser: browserIn(headers['user-agent']),
      address,
    });
    if (!signed.ok) return refuse({ code: signed.error.code, detail: signed.error.message });
    const { cookie, shown } = signed.value;
    const seconds = (shown.expiresAtMs - clock()) / 1_000;
    const setCookie = giveCookie(cookie, schemeIn(base), seconds);
    return {
      ...answer(consoleSessionOf(shown, services.signIns.ways()), 201),
      headers: { 'set-cookie': setCookie },
    };
  },
});
