import { Agent, request } from 'undici';

import { LineStream } from '../pep/mcp/line-stream.ts';
import { encodeHeader } from '../pep/mcp/param-headers.ts';
import type { OpenUpstream, UpstreamListener } from '../pep/mcp/upstream.ts';

/** A server that is reached over Streamable HTTP. */
export type Address = { readonly url: string; readonly messageBytes: number };

/** Returns what reaches a server over HTTP: each message is a request of its own. */
export function urlUpstream({ url, messageBytes }: Address): OpenUpstream {
  return (listener) => {
    const link = new HttpLink(url, { listener, messageBytes });
    return { send: (bytes, extra) => link.send(bytes, extra), close: () => link.close() };
  };
}

type Sent = {
  readonly method?: string;
  readonly id?: string | number;
  readonly params?: {
    readonly name?: unknown;
    readonly uri?: unknown;
    readonly taskId?: unknown;
    readonly requestId?: unknown;
    readonly _meta?: Readonly<Record<string, unknown>>;
  };
};

type Extra = Readonly<Record<string, string>>;

function versionIn({ params: { _meta: meta } = {} }: Sent): string | null {
  const version = meta?.['io.modelcontextprotocol/protocolVersion'];
  return typeof version === 'string' ? version : null;
}

class HttpLink {
  readonly #url: string;
  readonly #listener: UpstreamListener;
  readonly #messageBytes: number;
  // No redirect is followed: whoever answers there is not the server that was configured.
  readonly #agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  readonly #calls = new Map<string, AbortController>();
  #session: string | null = null;
  #version: string | null = null;
  #isModern = false;

  constructor(
    url: string,
    of: { readonly listener: UpstreamListener; readonly messageBytes: number },
  ) {
    this.#url = url;
    this.#listener = of.listener;
    this.#messageBytes = of.messageBytes;
  }

  send(bytes: Buffer, extra: Extra = {}): void {
    // What the gateway sends is a message of JSON-RPC.
    const sent = JSON.parse(bytes.toString('utf8')) as Sent;
    this.#isModern ||= versionIn(sent) !== null;
    if (sent.method === 'notifications/cancelled' && this.#isModern) {
      this.#calls.get(String(sent.params?.requestId))?.abort();
      return;
    }
    void this.#exchange(bytes, sent, extra).catch((cause: unknown) => {
      this.#failed(sent, cause instanceof Error ? cause.message : String(cause));
    });
  }

  async #exchange(bytes: Buffer, sent: Sent, extra: Extra): Promise<void> {
    const controller = new AbortController();
    const key = String(sent.id);
    if (sent.id !== undefined) this.#calls.set(key, controller);
    try {
      const { statusCode, headers, body } = await request(this.#url, {
        dispatcher: this.#agent,
        method: 'POST',
        headers: { ...this.#headersFor(sent), ...extra },
        body: bytes,
        signal: controller.signal,
      });
      const session = headers['mcp-session-id'];
      if (typeof session === 'string') this.#session = session;
      const type = String(headers['content-type'] ?? '');
      if (type.startsWith('text/event-stream')) await this.#readEvents(body);
      else await this.#readOne(body, { sent, statusCode, isJson: type.includes('json') });
      if (sent.method === 'notifications/initialized') void this.#listen();
    } finally {
      this.#calls.delete(key);
    }
  }

  #headersFor(sent: Sent): Record<string, string> {
    const { method, params } = sent;
    const own = versionIn(sent);
    const version = own ?? this.#version;
    const name = params?.name ?? params?.uri ?? params?.taskId;
    return {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(version === null ? {} : { 'mcp-protocol-version': version }),
      ...(this.#session === null ? {} : { 'mcp-session-id': this.#session }),
      ...(own !== null && method !== undefined ? { 'mcp-method': method } : {}),
      ...(own !== null && typeof name === 'string' ? { 'mcp-name': encodeHeader(name) } : {}),
    };
  }

  async #readOne(
    body: AsyncIterable<Uint8Array>,
    { sent, statusCode, isJson }: { sent: Sent; statusCode: number; isJson: boolean },
  ): Promise<void> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body) {
      size += chunk.length;
      if (size > this.#messageBytes) return this.#listener.tooLong();
      chunks.push(chunk);
    }
    if (isJson && size > 0) return this.#hearAll(Buffer.concat(chunks));
    if (statusCode >= 400) this.#failed(sent, `the server answered ${statusCode}`);
  }

  async #readEvents(body: AsyncIterable<Uint8Array>): Promise<void> {
    const lines = new LineStream(this.#messageBytes, {
      line: (line) => {
        const text = line.toString('utf8');
        if (text.startsWith('data:') && text.trim() !== 'data:') {
          this.#hear(line.subarray(text.startsWith('data: ') ? 6 : 5));
        }
      },
      tooLong: () => this.#listener.tooLong(),
    });
    for await (const chunk of body) lines.take(Buffer.from(chunk));
  }

  // Some servers answer with several messages, one a line. No one message holds this seam.
  #hearAll(body: Buffer): void {
    if (!body.includes('}\n{')) return this.#hear(body);
    for (const line of body.toString('utf8').split('\n')) {
      if (line.trim() !== '') this.#hear(Buffer.from(line));
    }
  }

  #hear(bytes: Buffer): void {
    const agreed = /"protocolVersion":"(\d{4}-\d{2}-\d{2})"/.exec(bytes.toString('latin1'))?.[1];
    if (this.#version === null && agreed !== undefined) this.#version = agreed;
    this.#listener.line(bytes);
  }

  /** Listens to what a legacy server says unasked, where it offers that. */
  async #listen(): Promise<void> {
    if (this.#session === null) return;
    const controller = new AbortController();
    this.#calls.set('listening', controller);
    try {
      const { statusCode, body } = await request(this.#url, {
        dispatcher: this.#agent,
        method: 'GET',
        headers: { ...this.#headersFor({}), accept: 'text/event-stream' },
        signal: controller.signal,
      });
      if (statusCode === 200) await this.#readEvents(body);
      else await body.dump();
    } catch (cause) {
      // A server without such a stream, or one that ends it, says nothing unasked.
      if (!(cause instanceof Error)) throw cause;
    }
  }

  /** A request that was not answered is answered with that. */
  #failed({ id }: Sent, why: string): void {
    if (id === undefined) return;
    const error = { code: -32603, message: `the server cannot be reached: ${why}` };
    this.#listener.line(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, error })));
  }

  async close(): Promise<void> {
    if (this.#session !== null) {
      const headers = this.#headersFor({});
      const options = { dispatcher: this.#agent, method: 'DELETE', headers } as const;
      await request(this.#url, options).then(
        ({ body }) => body.dump(),
        // Whoever is not there any more needs not be told.
        () => undefined,
      );
    }
    for (const controller of this.#calls.values()) controller.abort();
    await this.#agent.destroy();
  }
}
