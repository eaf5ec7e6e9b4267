import { isIPv4, isIPv6 } from 'node:net';

/** Returns whether a host's name or address is the machine itself. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    (isIPv4(host) && host.startsWith('127.')) ||
    (isIPv6(host) && host === '::1')
  );
}
