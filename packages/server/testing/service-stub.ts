import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { parseNetwork } from '../src/egress/address.ts';
import { type Egress, makeEgress } from '../src/egress/egress.ts';

/** One request as a service got it. */
export type Got = {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
};

/** What a service answers. */
export type Said = {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A local server that stands for somebody's service, and a way out that may reach it. */
export type ServiceStub = {
  readonly url: string;
  readonly got: Got[];
  readonly egress: Egress;
  readonly close: () => Promise<void>;
};

/** Opens a service; `answer` checks what comes and says what is answered. */
export async function openService(answer: (got: Got) => Said): Promise<ServiceStub> {
  const got: Got[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const one = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
      got.push(one);
      const { status, body, headers: own = {} } = answer(one);
      response.writeHead(status, { 'content-type': 'application/json', ...own });
      response.end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  const loopback = parseNetwork('127.0.0.0/8');
  const egress = makeEgress({ allowed: loopback === undefined ? [] : [loopback] });
  const close = async (): Promise<void> => {
    await egress.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, got, egress, close };
}
