import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as an upstream got it. */
export type Received = {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What an upstream does with a request; it answers, or not. */
export type Answering = (request: Received, response: ServerResponse) => void;

/** A service on this machine that writes down what it was asked. */
export type UpstreamServer = {
  readonly url: string;
  readonly received: Received[];
  /** Resolves when so many requests have come. */
  readonly got: (count: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Starts an upstream; without `answering` every request is answered with `{"ok":true}`. */
export async function startUpstream(answering: Answering = answerFine): Promise<UpstreamServer> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(request);
    const { method = '', url: path = '' } = request;
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const seen = { method, path, headers, body };
    received.push(seen);
    for (const look of waiting) look();
    answering(seen, response);
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    got: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (received.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with a value as JSON. */
export function answerJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function answerFine(_request: Received, response: ServerResponse): void {
  answerJson(response, { ok: true });
}

async function readAll(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  // A request without an encoding is a stream of buffers.
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
