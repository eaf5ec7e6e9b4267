import http from 'node:http';

import { type ApiServer, openApiServer, type OpenOptions } from '../src/routes/open-api-server.ts';
import { fakeApi, type FakeApi, type FakeOptions } from './fake-api.ts';

/** A fake API that listens, and a way to ask it. */
export type OpenFake = FakeApi & {
  readonly server: ApiServer;
  readonly port: number;
  readonly ask: (asked: Asked) => Promise<Answered>;
  readonly close: () => Promise<void>;
};

/** One request, as raw as it can be sent. `body` that is no text is sent as JSON. */
export type Asked = {
  readonly method?: string;
  readonly path: string;
  readonly auth?: string;
  readonly body?: unknown;
  readonly raw?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** The path of a Unix socket, instead of TCP. */
  readonly socket?: string;
};

/** What came back; `json` is the parsed body where it is JSON. */
export type Answered = {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  readonly json: { readonly [key: string]: unknown };
};

/** Opens a fake API on a free port. */
export async function openFake(
  options: FakeOptions & Partial<OpenOptions> = {},
): Promise<OpenFake> {
  const fake = fakeApi(options);
  const { socket = null, patience } = options;
  const server = await openApiServer(
    fake.api,
    patience === undefined ? { socket } : { socket, patience },
  );
  const port = server.address?.port ?? 0;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  const ask = (asked: Asked): Promise<Answered> => request(port, agent, asked);
  const close = async (): Promise<void> => {
    agent.destroy();
    await server.close(0);
  };
  return { ...fake, server, port, ask, close };
}

function request(port: number, agent: http.Agent, asked: Asked): Promise<Answered> {
  const { method = 'GET', path, auth, body, headers = {}, socket } = asked;
  const raw = asked.raw ?? (body === undefined ? undefined : Buffer.from(JSON.stringify(body)));
  const sent = {
    ...(auth === undefined ? {} : { authorization: auth }),
    ...(raw === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(raw.length) }),
    ...headers,
  };
  const where = socket === undefined ? { host: '127.0.0.1', port, agent } : { socketPath: socket };
  return new Promise((resolve, reject) => {
    const sending = http.request({ ...where, method, path, headers: sent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = /json/.test(response.headers['content-type'] ?? '') && text !== '';
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: isJson ? JSON.parse(text) : {},
        });
      });
    });
    sending.on('error', reject);
    sending.end(raw);
  });
}
