import type { IncomingMessage } from 'node:http';

import type { Problem } from '../problem.ts';

/** How a request came: over the daemon's socket, or over TCP. */
export type Via = 'local' | 'http' | 'https';

/** Which names the daemon has, and which pages are its own. */
export type Place = {
  /** Returns whether a `Host` header names the daemon. */
  readonly isOwnHost: (host: string) => boolean;
  readonly scheme: 'http' | 'https';
};

/** What is listened on, as far as names follow from it. */
export type Listening = {
  readonly host: string;
  readonly port: number;
  readonly hosts: readonly string[];
  readonly scheme: 'http' | 'https';
};

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Returns the names a listening daemon has: its address, loopback's, and those it was told. */
export function placeOf({ host, port, hosts, scheme }: Listening): Place {
  const address = host.includes(':') ? `[${host}]` : host;
  const own = [address, ...LOOPBACK].map((name) => `${name}:${port}`);
  const known = new Set([...own, ...hosts].map((name) => name.toLowerCase()));
  const isOwnHost = (given: string): boolean => {
    const name = given.toLowerCase();
    return known.has(name) || known.has(name.replace(/:\d{1,5}$/, ''));
  };
  return { isOwnHost, scheme };
}

/** Returns why a request is not for this daemon, or comes from somebody else's page. */
export function checkPlace(request: IncomingMessage, via: Via, place: Place): Problem | null {
  const { host = '', origin } = request.headers;
  // Of two names one program in front may read the one, and this one the other.
  if (isNamedTwice(request.rawHeaders)) {
    return { code: 'bad-host', detail: '`Host` stands twice' };
  }
  // Who may open the socket needs no name; over TCP a name that was rebound gives itself away.
  if (via !== 'local' && !place.isOwnHost(host)) {
    return { code: 'bad-host', detail: 'this daemon does not have the name in `Host`' };
  }
  if (origin === undefined) return null;
  if (via !== 'local' && origin.toLowerCase() === `${place.scheme}://${host.toLowerCase()}`) {
    return null;
  }
  return { code: 'bad-origin', detail: 'web pages of others may not call this daemon' };
}

function isNamedTwice(raw: readonly string[]): boolean {
  let seen = 0;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') seen += 1;
  }
  return seen > 1;
}
