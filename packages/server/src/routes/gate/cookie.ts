import type { IncomingHttpHeaders } from 'node:http';

import type { Problem } from '../problem.ts';

type Scheme = 'http' | 'https';

// With `__Host-` no other host, and nothing in the clear, can have set it.
const NAMES: Readonly<Record<Scheme, string>> = {
  https: '__Host-plumbline-console',
  http: 'plumbline-console',
};

// What a browser brings back from an issuer; lax, because it comes from there.
const FLOW_NAMES: Readonly<Record<Scheme, string>> = {
  https: '__Host-plumbline-flow',
  http: 'plumbline-flow',
};

const VALUE = /^[A-Za-z0-9_-]{43}$/;

/** Returns the value of the console's cookie, or undefined where none came. */
export function cookieIn(headers: IncomingHttpHeaders, scheme: Scheme): string | undefined {
  return valueIn(headers, NAMES[scheme], VALUE);
}

const SEALED = /^[A-Za-z0-9_-]{40,4000}$/;
const FLOW_SECONDS = 600;

/** Returns what a browser brings back from an issuer, sealed; undefined where nothing came. */
export function flowIn(headers: IncomingHttpHeaders, scheme: Scheme): string | undefined {
  return valueIn(headers, FLOW_NAMES[scheme], SEALED);
}

/** Returns what a browser is given to bring back from an issuer; null takes it away. */
export function giveFlow(sealed: string | null, scheme: Scheme): string {
  const parts = [
    `${FLOW_NAMES[scheme]}=${sealed ?? ''}`,
    'Path=/',
    `Max-Age=${sealed === null ? 0 : FLOW_SECONDS}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(scheme === 'https' ? ['Secure'] : []),
  ];
  return parts.join('; ');
}

function valueIn(
  { cookie }: IncomingHttpHeaders,
  wanted: string,
  form: RegExp,
): string | undefined {
  for (const pair of cookie?.split(';') ?? []) {
    const [name = '', value = ''] = pair.split('=', 2);
    if (name.trim() === wanted && form.test(value.trim())) return value.trim();
  }
  return undefined;
}

/** Returns what gives a browser the console's cookie; null takes it away. */
export function giveCookie(value: string | null, scheme: Scheme, maxAgeSeconds = 0): string {
  const parts = [
    `${NAMES[scheme]}=${value ?? ''}`,
    'Path=/',
    `Max-Age=${value === null ? 0 : Math.max(0, Math.floor(maxAgeSeconds))}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(scheme === 'https' ? ['Secure'] : []),
  ];
  return parts.join('; ');
}

/** Returns the scheme of a base address: `https://host` as the caller knows this daemon. */
export function schemeIn(base: string): Scheme {
  return base.startsWith('https:') ? 'https' : 'http';
}

/**
 * Returns why a request with the console's cookie was not sent by the console's own page, or null.
 * Whether `Origin` is the daemon's own was looked at before. Source: docs/console.md.
 */
export function checkOwnPage(headers: IncomingHttpHeaders, method: string): Problem | null {
  const site = headers['sec-fetch-site'];
  if (method === 'GET' || method === 'HEAD') {
    const isOwn = site === undefined || site === 'same-origin' || site === 'none';
    return isOwn ? null : OTHER_PAGE;
  }
  const isSaid = headers.origin !== undefined || site === 'same-origin';
  if (site !== undefined && site !== 'same-origin') return OTHER_PAGE;
  if (!isSaid) return OTHER_PAGE;
  return headers['x-plumbline-console'] === '1' ? null : NO_HEADER;
}

const OTHER_PAGE: Problem = {
  code: 'bad-origin',
  detail: "the console's cookie is taken from the console's own page alone",
};

const NO_HEADER: Problem = {
  code: 'bad-origin',
  detail: "with the console's cookie send `X-Plumbline-Console: 1`, which no other page can",
};
