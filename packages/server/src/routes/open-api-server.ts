import type http from 'node:http';
import type net from 'node:net';

import { createSocketServer } from '../pep/socket/socket-server.ts';
import type { Api } from './api.ts';
import { createGate, type Gate } from './gate/admit.ts';
import { type Place, placeOf } from './gate/check-place.ts';
import { createIdempotency } from './gate/idempotency.ts';
import { createRateLimits } from './gate/rate-limits.ts';
import { createServer, type Patience, refuseToListen } from './listen.ts';
import { ROUTES } from './route-table.ts';
import { createListener } from './serve.ts';

/** The API as it listens. */
export type ApiServer = {
  /** Where HTTP is listened on, or null: then there is the socket alone. */
  readonly address: { readonly host: string; readonly port: number } | null;
  /** Takes no more, waits for what is being answered for at most this long, and ends the rest. */
  readonly close: (graceMs?: number) => Promise<void>;
};

/** What may be set beside the configuration. */
export type OpenOptions = {
  /** The path of the daemon's socket; null: none. Nothing may be there. */
  readonly socket: string | null;
  readonly patience?: Patience;
};

/**
 * Listens on the socket and on HTTP as configured. Rejects when an address must not or cannot be
 * listened on; nothing listens then.
 */
export async function openApiServer(api: Api, options: OpenOptions): Promise<ApiServer> {
  const { listen, limits } = api.settings;
  const refusal = refuseToListen(listen);
  if (refusal !== null) throw new Error(refusal);
  let place: Place = { isOwnHost: () => false, scheme: 'http' };
  const around = {
    limits: createRateLimits(limits),
    // The names follow from the port, which is known once it is listened on.
    place: { isOwnHost: (host: string) => place.isOwnHost(host), scheme: schemeOf(listen) },
  };
  const gate = createGate(api, ROUTES, around);
  const open: Closable[] = [];
  try {
    if (options.socket !== null) open.push(await listenLocally(gate, options));
    if (listen.http === null) return { address: null, close: closerOf(open) };
    const server = await createServer(
      createListener({ gate, idempotency: createIdempotency(api.clock) }, 'http'),
      listen.tls,
      options.patience,
    );
    open.push(closableOf(server));
    const port = await listenOn(server, listen.http);
    place = placeOf({
      host: listen.http.host,
      port,
      hosts: listen.hosts,
      scheme: around.place.scheme,
    });
    return { address: { host: listen.http.host, port }, close: closerOf(open) };
  } catch (error) {
    await closerOf(open)(0);
    throw error;
  }
}

function schemeOf({ tls, isBehindProxy }: Api['settings']['listen']): 'http' | 'https' {
  return tls !== null || isBehindProxy ? 'https' : 'http';
}

type Closable = { readonly close: (graceMs: number) => Promise<void> };

async function listenLocally(gate: Gate, { socket, patience }: OpenOptions): Promise<Closable> {
  const idempotency = createIdempotency(gate.api.clock);
  const server = await createServer(createListener({ gate, idempotency }, 'local'), null, patience);
  const sockets = createSocketServer(gate.api, server);
  await listenOn(sockets.server, { path: socket ?? '' });
  return {
    close: async (graceMs) => {
      const closed = new Promise<void>((resolve) => sockets.server.close(() => resolve()));
      sockets.stop();
      const timer = setTimeout(sockets.endAll, graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function closableOf(server: http.Server): Closable {
  return {
    close: async (graceMs) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function closerOf(open: readonly Closable[]): ApiServer['close'] {
  return async (graceMs = 5_000) => {
    await Promise.all(open.map(({ close }) => close(graceMs)));
  };
}

function listenOn(server: net.Server, where: net.ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : 0);
    });
  });
}
