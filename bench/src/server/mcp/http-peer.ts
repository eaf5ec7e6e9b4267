import { Pool } from 'undici';

import { HELLO, type Peer, type Programs, READY, resultIn } from './peer.ts';

/** Where a server of MCP is, and how many connections are kept to it. */
export type HttpPlace = {
  readonly url: string;
  readonly key: string | null;
  readonly connections: number;
  /** The session of the guard that each call names, as of 2026; null: a handshake opens one. */
  readonly session: string | null;
};

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
} as const;

/** Opens connections to a server, and shakes hands where its revision has that. */
export async function openHttpPeer(place: HttpPlace, programs: Programs): Promise<Peer> {
  const link = new Link(place);
  const isModern = place.session !== null;
  if (!isModern) {
    await link.ask('initialize', HELLO);
    await link.post({ jsonrpc: '2.0', ...READY });
  }
  return {
    call: (asked) => link.ask('tools/call', isModern ? { ...asked, _meta: META } : asked),
    programs,
    close: () => link.close(),
  };
}

class Link {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #headers: Record<string, string>;
  #id = 0;

  constructor({ url, key, connections, session }: HttpPlace) {
    const { origin, pathname } = new URL(url);
    this.#pool = new Pool(origin, { connections, pipelining: 1 });
    this.#path = pathname;
    const version = session === null ? HELLO.protocolVersion : '2026-07-28';
    this.#headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': version,
      ...(session === null ? {} : { 'plumbline-session': session }),
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    };
  }

  async ask(method: string, params: object): Promise<unknown> {
    this.#id += 1;
    const body = { jsonrpc: '2.0', id: this.#id, method, params };
    const isModern = this.#headers['plumbline-session'] !== undefined;
    const name = String(Reflect.get(params, 'name'));
    const said = await this.post(body, isModern ? { 'mcp-method': method, 'mcp-name': name } : {});
    // Answered as one object, or as the last event of a stream.
    return resultIn(said.startsWith('{') ? said : said.slice(said.lastIndexOf('data: ') + 6));
  }

  async post(message: object, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const { statusCode, headers, body } = await this.#pool.request({
      path: this.#path,
      method: 'POST',
      headers: { ...this.#headers, ...more },
      body: JSON.stringify(message),
    });
    const session = headers['mcp-session-id'];
    if (typeof session === 'string') this.#headers['mcp-session-id'] = session;
    const said = await body.text();
    if (statusCode >= 300) throw new Error(`answered ${statusCode}: ${said}`);
    return said;
  }

  async close(): Promise<void> {
    if (this.#headers['mcp-session-id'] !== undefined) {
      const headers = this.#headers;
      const ended = await this.#pool.request({ path: this.#path, method: 'DELETE', headers });
      await ended.body.dump();
    }
    await this.#pool.close();
  }
}
