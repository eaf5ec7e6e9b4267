import type { IncomingHttpHeaders } from 'node:http';

import type { Problem } from '../problem.ts';

/** How a browser reaches this daemon. */
export type Scheme = 'http' | 'https';

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

// In the clear, a server on another port can add cookies of the same name. Which one is the
// console's own shows only in its value; far more than a person ever has are not looked at.
const MOST_OF_A_NAME = 32;

/** Returns the values of the console's cookie: more than one where others added to it. */
export function cookiesIn(headers: IncomingHttpHeaders, scheme: Scheme): readonly string[] {
  return valuesIn(headers, NAMES[scheme], VALUE);
}

const SEALED = /^[A-Za-z0-9_-]{40,4000}$/;
const FLOW_SECONDS = 600;

/** Returns what a browser brings back from an issuer, sealed; undefined where nothing came. */
export function flowIn(headers: IncomingHttpHeaders, scheme: Scheme): string | undefined {
  return valuesIn(headers, FLOW_NAMES[scheme], SEALED)[0];
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

function valuesIn(
  { cookie }: IncomingHttpHeaders,
  wanted: string,
  form: RegExp,
): readonly string[] {
  const found = new Set<string>();
  for (const pair of cookie?.split(';') ?? []) {
    const [name = '', value = ''] = pair.split('=', 2);
    if (name.trim() !== wanted || !form.test(value.trim())) continue;
    found.add(value.trim());
    if (found.size >= MOST_OF_A_NAME) break;
  }
  return [...found];
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
  if (isReading(method)) {
    const isOwn = site === undefined || site === 'same-origin' || site === 'none';
    return isOwn ? null : OTHER_PAGE;
  }
  const isSaid = headers.origin !== undefined || site === 'same-origin';
  if (site !== undefined && site !== 'same-origin') return OTHER_PAGE;
  if (!isSaid) return OTHER_PAGE;
  return headers['x-plumbline-console'] === '1' ? null : NO_HEADER;
}

/** Returns whether a request of a method changes nothing. */
export function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

const OTHER_PAGE: Problem = {
  code: 'bad-origin',
  detail: "the console's cookie is taken from the console's own page alone",
};

const NO_HEADER: Problem = {
  code: 'bad-origin',
  detail: "with the console's cookie send `X-Plumbline-Console: 1`, which no other page can",
};
