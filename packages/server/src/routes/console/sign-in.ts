import { z } from 'zod';

import { proof, purposeOf } from '../factors/proof-shapes.ts';
import { cookiesIn, giveCookie, schemeIn } from '../gate/cookie.ts';
import { answer, answerOf, refuse, route, type Route } from '../route.ts';
import { object } from '../shapes.ts';
import { browserIn, consoleSession, consoleSessionOf } from './console-shapes.ts';
import { checkSignInPage } from './sign-in-page.ts';

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
    const foreign = checkSignInPage(headers);
    if (foreign !== null) return refuse(foreign);
    const scheme = schemeIn(base);
    const signed = await services.signIns.signIn({
      with: given.way === 'passkey' ? given : { ...given, proof: given.proof },
      purpose: purposeOf('/console/session', given),
      browser: browserIn(headers['user-agent']),
      address,
    });
    if (!signed.ok) return answerOf(signed);
    const { cookie, shown } = signed.value;
    const nowMs = clock();
    const seconds = (shown.expiresAtMs - nowMs) / 1_000;
    const setCookie = giveCookie(cookie, scheme, seconds);
    await services.signIns.replace(cookiesIn(headers, scheme));
    return {
      ...answer(consoleSessionOf(shown, { signIns: services.signIns, nowMs }), 201),
      headers: { 'set-cookie': setCookie },
    };
  },
});
