import { isIP } from 'node:net';

import ipaddr from 'ipaddr.js';

/** A host that may be reached: its name, or all names below it, at one port. */
export type AllowedHost = {
  readonly host: string;
  readonly isBelow: boolean;
  readonly port: number;
};

const DEFAULT_PORT = 443;
const NAME = /^(?=.{1,253}$)(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/**
 * Returns an allowed host from `host`, `host:port`, `*.host:port` or `[address]:port`, or why it is
 * none. The port is 443 where none is named. A star stands for one name or more before the rest,
 * and never for the rest itself.
 */
export function parseAllowed(text: string): AllowedHost | string {
  const parts =
    /^(?<star>\*\.)?(?<host>\[[0-9a-fA-F:.]+\]|[^:[\]*]+)(?::(?<port>[0-9]{1,5}))?$/.exec(text);
  const port = Number(parts?.groups?.['port'] ?? DEFAULT_PORT);
  const host = plainHost(parts?.groups?.['host'] ?? '');
  const isBelow = parts?.groups?.['star'] !== undefined;
  const isAddress = isIP(host) !== 0;
  if (port < 1 || port > 65_535) return 'has no port from 1 to 65535';
  if (!isAddress && !NAME.test(host)) return 'is no `host:port` or `*.host:port`';
  if (isBelow && (isAddress || !host.includes('.'))) return 'has a star that stands for too much';
  return { host, isBelow, port };
}

/** Returns a host as it is compared: lower case, in ASCII, without brackets and a last dot. */
export function plainHost(text: string): string {
  const bare = text.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) return ipaddr.process(bare).toString();
  return bare.toLowerCase().replace(/\.$/, '');
}

/**
 * Returns whether a host looks like an address however it is spelt: `127.1`, `0x7f000001` and
 * `2130706433` are read as addresses by some resolvers.
 */
export function isAddressLike(host: string): boolean {
  const last = host.split('.').at(-1) ?? '';
  return isIP(host) !== 0 || /^(?:[0-9]+|0x[0-9a-f]*)$/.test(last);
}

/** Returns whether a list lets a host be reached at a port. */
export function isAllowed(list: readonly AllowedHost[], host: string, port: number): boolean {
  return list.some((allowed) => {
    if (allowed.port !== port) return false;
    return allowed.isBelow ? host.endsWith(`.${allowed.host}`) : host === allowed.host;
  });
}

/** Returns whether everything that one allowed host stands for is let through by a list. */
export function isCovered(list: readonly AllowedHost[], narrower: AllowedHost): boolean {
  return list.some((allowed) => {
    if (allowed.port !== narrower.port) return false;
    const isSame = allowed.host === narrower.host;
    if (!allowed.isBelow) return isSame && !narrower.isBelow;
    return narrower.host.endsWith(`.${allowed.host}`) || (isSame && narrower.isBelow);
  });
}
