import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type net from 'node:net';

import ipaddr from 'ipaddr.js';

import type { Config } from '../config/config.ts';
import { problemBody, type ProblemCode, PROBLEMS } from './problem.ts';

/** Takes one request at a time. */
export type Listener = http.RequestListener;

/** Bounds in time and size, so that no client can hold a connection for nothing. */
const BOUNDS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
  connectionsCheckingInterval: 1_000,
  maxConnections: 10_000,
  maxHeaders: 100,
} as const;

/** How long a request may take to arrive; shorter in tests. */
export type Patience = {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly connectionsCheckingInterval: number;
};

/** Returns why an address must not be listened on, or null. Source: spec/api/README.md. */
export function refuseToListen({
  http: address,
  tls,
  isBehindProxy,
}: Config['listen']): string | null {
  if (address === null || tls !== null || isBehindProxy || isLoopback(address.host)) return null;
  return (
    `\`${address.host}\` is not loopback, and keys would cross the network in the clear: ` +
    'configure `tls`, or say that a proxy ends it with `behind_proxy`'
  );
}

function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  return ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback';
}

/** Returns a server that is not listening yet: of TLS where it is configured. */
export async function createServer(
  listener: Listener,
  tls: Config['listen']['tls'],
  patience: Patience = BOUNDS,
): Promise<http.Server> {
  const options = { ...BOUNDS, ...patience };
  const server =
    tls === null
      ? http.createServer(options, listener)
      : https.createServer({ ...options, ...(await readTls(tls)) }, listener);
  server.maxHeadersCount = BOUNDS.maxHeaders;
  server.maxConnections = BOUNDS.maxConnections;
  server.keepAliveTimeout = BOUNDS.keepAliveTimeout;
  server.on('clientError', answerGarbage);
  return server;
}

async function readTls({
  certFile,
  keyFile,
  clientCaFile,
}: NonNullable<Config['listen']['tls']>): Promise<https.ServerOptions> {
  const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
  const served = { cert, key, minVersion: 'TLSv1.2' } as const;
  if (clientCaFile === null) return served;
  // Who shows no certificate has a key or a token. One that nobody vouches for is refused by the
  // gate, which can say so; the handshake could not.
  const ca = await readFile(clientCaFile);
  return { ...served, ca, requestCert: true, rejectUnauthorized: false };
}

const GARBAGE: ReadonlyMap<string, ProblemCode> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', 'timed-out'],
  ['HPE_HEADER_OVERFLOW', 'headers-too-large'],
]);

const TOO_LARGE =
  "the headers are too large: in a browser, delete this host's cookies and load the page again";

/** What is not HTTP never becomes a request, so it is answered on the bare connection. */
function answerGarbage(error: NodeJS.ErrnoException, socket: net.Socket | object): void {
  if (!('writable' in socket) || !('end' in socket) || !socket.writable) {
    if ('destroy' in socket && typeof socket.destroy === 'function') socket.destroy();
    return;
  }
  const code = GARBAGE.get(error.code ?? '') ?? 'bad-request';
  const detail = code === 'headers-too-large' ? TOO_LARGE : 'this is not a whole HTTP request';
  const body = JSON.stringify(problemBody({ code, detail }));
  const [status, title] = PROBLEMS[code];
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nconnection: close\r\n` +
      `content-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `\r\n${body}`,
  );
}
