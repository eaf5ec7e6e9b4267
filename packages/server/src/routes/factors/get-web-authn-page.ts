import { route, type Route } from '../route.ts';
import { WEBAUTHN_PAGE } from './webauthn-page.ts';

/** A page where a browser asks an authenticator. It holds nothing, and sends nothing. */
export const getWebAuthnPage: Route = route({
  name: 'getWebAuthnPage',
  method: 'GET',
  path: '/webauthn',
  rights: [],
  reach: 'handler',
  summary: 'a page that asks an authenticator what stands behind the `#`, and shows its answer',
  answer: { status: 200, type: 'text/html; charset=utf-8' },
  codes: [],
  handle: () => ({
    kind: 'bytes',
    type: 'text/html; charset=utf-8',
    bytes: WEBAUTHN_PAGE,
    cache: 'no-store',
  }),
});
