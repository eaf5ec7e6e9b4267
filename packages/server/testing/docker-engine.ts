import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

import { answerOf } from './docker-routes.ts';

/** A container as the engine keeps it. */
export type Kept = {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly networkMode: string;
  networks: string[];
  state: 'created' | 'running' | 'paused' | 'restarting' | 'exited';
  restart: '' | 'no' | 'always' | 'unless-stopped' | 'on-failure';
  /** It starts again by itself, whatever its policy says: something outside sees to it. */
  isRevived?: boolean;
};

/** A service of the swarm. */
export type KeptService = {
  readonly id: string;
  index: number;
  spec: { [name: string]: unknown; Mode: Record<string, Record<string, number>> };
};

/** An answer that is given instead of the right one, so many times. */
export type Instead = { readonly on: RegExp; readonly status: number; times: number };

/** What an engine of Docker keeps and saw. */
export type EngineState = {
  readonly apiVersion: string;
  readonly minApiVersion: string;
  readonly containers: Kept[];
  readonly services: KeptService[];
  swarm: 'inactive' | 'worker' | 'manager';
  /** Every request, as `METHOD path`, without the version. */
  readonly asked: string[];
  /** What no client may send by the documented contract. */
  readonly violations: string[];
  readonly instead: Instead[];
};

/** One request, read whole. */
export type EngineRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
};

/** What is answered; a body is JSON. */
export type EngineAnswer = { readonly status: number; readonly body?: unknown };

/** Certificates of a server that knows its clients by theirs. */
export type Pair = { readonly ca: string; readonly cert: string; readonly key: string };

/** A local server that speaks the API of Docker's engine as strictly as it is documented. */
export type DockerEngine = EngineState & {
  readonly port: number;
  readonly close: () => Promise<void>;
};

/** Opens an engine, on a Unix socket or on loopback. Source: Docker Engine API v1.41 to v1.47. */
export async function openDockerEngine({
  socket = null,
  tls = null,
  ...given
}: Partial<
  Pick<EngineState, 'apiVersion' | 'minApiVersion' | 'containers' | 'services' | 'swarm'>
> & {
  readonly socket?: string | null;
  readonly tls?: Pair | null;
}): Promise<DockerEngine> {
  const state: EngineState = {
    apiVersion: '1.41',
    minApiVersion: '1.12',
    containers: [],
    services: [],
    swarm: 'inactive',
    asked: [],
    violations: [],
    instead: [],
    ...given,
  };
  const listener: http.RequestListener = (request, response) =>
    void serve(state, request, response);
  const server =
    tls === null
      ? http.createServer(listener)
      : https.createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, listener);
  await new Promise<void>((resolve) => {
    if (socket === null) server.listen(0, '127.0.0.1', resolve);
    else server.listen(socket, resolve);
  });
  // A server that listens on TCP has an address with a port.
  const port = socket === null ? (server.address() as AddressInfo).port : 0;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return Object.assign(state, { port, close });
}

async function serve(
  state: EngineState,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const { method = '', headers } = request;
  const url = new URL(request.url ?? '/', 'http://engine');
  const body = Buffer.concat(chunks).toString('utf8');
  const { status, body: said } = answerOf(state, { method, url, headers, body });
  const headersOut = { 'api-version': state.apiVersion, 'content-type': 'application/json' };
  response.writeHead(status, headersOut);
  response.end(said === undefined ? undefined : JSON.stringify(said));
}
