import type * as server from '@plumbline/server';

/** What the daemon's package exports. */
export type Server = typeof server;

/**
 * Returns the daemon's package. It is loaded when a command needs it: checking a pact should not
 * wait for databases and web servers.
 */
export function loadServer(): Promise<Server> {
  return import('@plumbline/server');
}
