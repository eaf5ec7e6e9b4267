import type { CustomFetch } from 'openid-client';

import type { Egress } from '../egress/egress.ts';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 262_144;

/** The issuer did not answer at all. */
export class IssuerAway extends Error {}

/** Returns a `fetch` whose every request goes out by the daemon's one way out. */
export function egressFetch({ request }: Pick<Egress, 'request'>): CustomFetch {
  return async (url, { method, headers, body }) => {
    if (method !== 'GET' && method !== 'POST') throw new Error(`a sign-in does not ${method}`);
    const sent = body instanceof URLSearchParams ? body.toString() : body;
    if (sent !== undefined && sent !== null && typeof sent !== 'string') {
      throw new Error('a sign-in sends text alone');
    }
    const got = await request({
      url,
      method,
      headers: { ...headers },
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      ...(sent === undefined || sent === null ? {} : { body: sent }),
    });
    if (!got.ok) throw new IssuerAway(`${got.fault}: ${got.message}`);
    const { status, contentType, body: bytes } = got.value;
    return new Response(Buffer.from(bytes), { status, headers: { 'content-type': contentType } });
  };
}
