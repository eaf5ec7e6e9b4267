import { Agent, type Dispatcher, request } from 'undici';

import type { KeyUse, ServerKeys } from '../broker/server-keys.ts';
import { type Scrub, scrubber } from '../broker/scrub.ts';
import { parseMessages } from '../pep/mcp/message.ts';
import { encodeHeader } from '../pep/mcp/param-headers.ts';
import type { OpenUpstream, UpstreamListener } from '../pep/mcp/upstream.ts';
import { EventReader } from './event-reader.ts';

/** A server that is reached over Streamable HTTP. */
export type Address = {
  readonly url: string;
  readonly messageBytes: number;
  /** What puts credentials into requests; none by default. */
  readonly keys?: ServerKeys | undefined;
};

/** Returns what reaches a server over HTTP: each message is a request of its own. */
export function urlUpstream({ url, messageBytes, keys }: Address): OpenUpstream {
  return (listener) => {
    const link = new HttpLink(url, { listener, messageBytes, keys });
    return {
      send: (bytes, extra, use) => link.send(bytes, extra, use),
      prepare: keys?.prepare,
      close: () => link.close(),
    };
  };
}

type Sent = {
  /** What it is for, where credentials go with it. */
  readonly use?: KeyUse;
  readonly method?: string;
  readonly id?: string | number;
  readonly params?: {
    readonly name?: unknown;
    readonly uri?: unknown;
    readonly requestId?: unknown;
    readonly _meta?: Readonly<Record<string, unknown>>;
  };
};

type Extra = Readonly<Record<string, string>>;

// How long a server that was told of a cancelled call may keep its answer open.
const GRACE_MS = 5_000;
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
const MOST_RETRIES = 100;
const FAREWELL_MS = 2_000;
// Notifications and answers on their way to the server at once.
const MOST_TOLD = 256;
// Read and write, before and after a few rotations.
const MOST_SECRETS = 16;

function versionIn({ params: { _meta: meta } = {} }: Sent): string | null {
  const version = meta?.['io.modelcontextprotocol/protocolVersion'];
  return typeof version === 'string' ? version : null;
}

/** What belongs to no action. */
const NO_ACTION: KeyUse = { access: 'read', decision: null };

/** A request may not be sent as it is: nothing of it left. */
class Keyless extends Error {}

type Asking = Pick<Dispatcher.RequestOptions, 'body'> & {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
};

class HttpLink {
  readonly #url: string;
  readonly #keys: ServerKeys | undefined;
  readonly #listener: UpstreamListener;
  readonly #messageBytes: number;
  // No redirect is followed: whoever answers there is not the server that was configured.
  readonly #agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  readonly #calls = new Map<string, AbortController>();
  /** Ends the listening. */
  readonly #ending = new AbortController();
  #telling = 0;
  #secrets: readonly string[] = [];
  #scrub: Scrub | null = null;
  #session: string | null = null;
  #version: string | null = null;
  #isModern = false;

  constructor(url: string, of: Omit<Address, 'url'> & { readonly listener: UpstreamListener }) {
    this.#url = url;
    this.#keys = of.keys;
    this.#listener = of.listener;
    this.#messageBytes = of.messageBytes;
  }

  send(bytes: Buffer, extra: Extra = {}, use: KeyUse = NO_ACTION): void {
    const parsed = parseMessages(bytes);
    if (!parsed.ok) throw new Error('bug: the gateway sends messages of JSON-RPC');
    // A request or notification has what is read of it, and a response needs none of it.
    const sent = (parsed.messages[0] ?? {}) as Sent;
    this.#isModern ||= versionIn(sent) !== null;
    if (sent.method === 'notifications/cancelled') {
      const call = this.#calls.get(keyOf(sent.params?.requestId));
      if (this.#isModern) return call?.abort();
      if (call !== undefined) setTimeout(() => call.abort(), GRACE_MS).unref();
    }
    if (sent.id !== undefined && sent.method !== undefined) {
      void this.#exchange(bytes, { ...sent, use }, extra);
    } else this.#tell(bytes, sent);
  }

  /** Says what is not answered. Who takes it more slowly than it asks for it is not told all. */
  #tell(bytes: Buffer, { method, params = {} }: Sent): void {
    const isNeeded = method === 'notifications/cancelled' || method === 'notifications/initialized';
    if (this.#telling >= MOST_TOLD && !isNeeded) return;
    this.#telling += 1;
    const told = method === undefined ? {} : { method, params };
    void this.#exchange(bytes, told, {}).finally(() => (this.#telling -= 1));
  }

  async #exchange(bytes: Buffer, sent: Sent, extra: Extra): Promise<void> {
    const controller = new AbortController();
    const key = keyOf(sent.id);
    if (sent.id !== undefined) this.#calls.set(key, controller);
    try {
      const headers = { ...this.#headersFor(sent), ...extra };
      const { signal } = controller;
      const asking = { method: 'POST', headers, body: bytes, signal } as const;
      const answer = await this.#request(asking, sent.use);
      await this.#takeAnswer(answer, { sent, controller });
      if (sent.method === 'notifications/initialized') void this.#listen();
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause;
      // What was not sent did nothing; of anything else that is not known.
      if (cause instanceof Keyless) {
        this.#failed(sent, cause.message);
        // Who cannot be told that a call is cancelled sees its connection end.
        if (sent.method === 'notifications/cancelled') this.#abort(sent);
      } else if (isUnsent(cause)) {
        this.#failed(sent, `the server cannot be reached: ${this.#plain(cause.message)}`);
      } else this.#lost(sent, 'server-gone');
    } finally {
      this.#calls.delete(key);
    }
  }

  /** Sends a request. Errors: `Keyless` where a credential it needs cannot be had. */
  async #request(asking: Asking, use: KeyUse = NO_ACTION): Promise<Dispatcher.ResponseData> {
    const keys = this.#keys;
    if (keys === undefined) return request(this.#url, { dispatcher: this.#agent, ...asking });
    // INVARIANT: for an action nothing is waited for here: its permit was just used.
    const why = use.decision === null ? await keys.prepare(use) : null;
    if (why !== null) throw new Keyless(why);
    const taken = keys.take(use);
    if (!taken.ok) throw new Keyless(taken.message);
    const { url, headers, secrets } = taken.value;
    this.#hide(secrets);
    const all = { ...asking, headers: { ...asking.headers, ...headers } };
    return request(url, { dispatcher: this.#agent, ...all });
  }

  /** What a server says is released and recorded without the secrets it was sent. */
  #hide(secrets: readonly string[]): void {
    if (secrets.every((secret) => this.#secrets.includes(secret))) return;
    this.#secrets = [...new Set([...this.#secrets, ...secrets])].slice(-MOST_SECRETS);
    this.#scrub = scrubber(this.#secrets);
  }

  async #takeAnswer(
    { statusCode, headers, body }: Dispatcher.ResponseData,
    { sent, controller }: { readonly sent: Sent; readonly controller: AbortController },
  ): Promise<void> {
    const session = headers['mcp-session-id'];
    if (typeof session === 'string') this.#session = session;
    const type = String(headers['content-type'] ?? '');
    if (type.startsWith('text/event-stream')) {
      const reader = this.#readerFor(sent, controller);
      await readAll(body, reader);
      return this.#comeBack(sent, reader, controller);
    }
    const whole = await this.#readOne(body);
    if (whole === null) return this.#lost(sent, 'too-large');
    if (type.includes('json') && whole.length > 0) this.#hearAll(whole);
    if (statusCode < 200 || statusCode > 299 || !type.includes('json')) {
      this.#failed(sent, `the server answered ${statusCode}`);
    }
    this.#lost(sent, 'bad-answer');
    // Whoever lost the session has to shake hands again.
    if (statusCode === 404 && this.#session !== null) this.#listener.gone('its session has ended');
  }

  #headersFor(sent: Sent): Record<string, string> {
    const { method, params } = sent;
    const own = versionIn(sent);
    const version = own ?? this.#version;
    const name = params?.name ?? params?.uri;
    return {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(version === null ? {} : { 'mcp-protocol-version': version }),
      ...(this.#session === null ? {} : { 'mcp-session-id': this.#session }),
      ...(own !== null && method !== undefined ? { 'mcp-method': method } : {}),
      ...(own !== null && typeof name === 'string' ? { 'mcp-name': encodeHeader(name) } : {}),
    };
  }

  /** Returns the whole of a body, or null when it is longer than is read. */
  async #readOne(body: AsyncIterable<Uint8Array>): Promise<Buffer | null> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body) {
      size += chunk.length;
      if (size > this.#messageBytes) return null;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  #readerFor(sent: Sent, controller: AbortController): EventReader {
    return new EventReader(this.#messageBytes, {
      message: (bytes) => this.#hear(bytes),
      tooLong: () => {
        this.#lost(sent, 'too-large');
        controller.abort();
      },
    });
  }

  /** A server may end a stream before it answered, and go on where it is come back to. */
  async #comeBack(sent: Sent, first: EventReader, controller: AbortController): Promise<void> {
    const { id } = sent;
    const { signal } = controller;
    let { lastId, retryMs } = first;
    for (let count = 0; count < MOST_RETRIES; count += 1) {
      if (id === undefined || !this.#listener.waitsFor(id) || lastId === null) break;
      await pause(retryMs ?? RETRY_MS, signal);
      const reader = this.#readerFor(sent, controller);
      if (!(await this.#readAgain(reader, { lastId, signal }))) break;
      lastId = reader.lastId ?? lastId;
      retryMs = reader.retryMs ?? retryMs;
    }
    this.#lost(sent, 'server-gone');
  }

  /** Reads a stream by GET until it ends; false where there is none. */
  async #readAgain(
    reader: EventReader,
    { lastId, signal }: { readonly lastId: string | null; readonly signal: AbortSignal },
  ): Promise<boolean> {
    const resumed = lastId === null ? {} : { 'last-event-id': lastId };
    const accepted = { ...this.#headersFor({}), accept: 'text/event-stream', ...resumed };
    const answer = await this.#request({ method: 'GET', headers: accepted, signal });
    const { statusCode, headers, body } = answer;
    const isStream = String(headers['content-type'] ?? '').startsWith('text/event-stream');
    if (statusCode === 200 && isStream) await readAll(body, reader);
    else await body.dump();
    return statusCode === 200 && isStream;
  }

  /** Listens to what a legacy server says unasked, where it offers that, for as long as it does. */
  async #listen(): Promise<void> {
    if (this.#session === null || this.#isModern) return;
    const { signal } = this.#ending;
    let lastId: string | null = null;
    let waitMs = RETRY_MS;
    while (!signal.aborted) {
      const startedMs = performance.now();
      try {
        const reader = this.#readerFor({}, new AbortController());
        if (!(await this.#readAgain(reader, { lastId, signal }))) return;
        lastId = reader.lastId ?? lastId;
        waitMs = reader.retryMs ?? RETRY_MS;
      } catch (cause) {
        if (!(cause instanceof Error)) throw cause;
      }
      // Who ends the stream at once is asked less and less often.
      if (performance.now() - startedMs < RETRY_MS) waitMs *= 2;
      waitMs = Math.min(waitMs, LONGEST_RETRY_MS);
      await pause(waitMs, signal).catch(() => undefined);
    }
  }

  // Some servers answer with several messages, one a line. No one message holds this seam.
  #hearAll(body: Buffer): void {
    if (!body.includes('}\n{')) return this.#hear(body);
    for (const line of body.toString('utf8').split('\n')) {
      if (line.trim() !== '') this.#hear(Buffer.from(line));
    }
  }

  #hear(bytes: Buffer): void {
    if (this.#version === null) {
      const agreed = /"protocolVersion":"(\d{4}-\d{2}-\d{2})"/.exec(bytes.toString('latin1'));
      this.#version = agreed?.[1] ?? null;
    }
    this.#listener.line(this.#scrub === null ? bytes : scrubbed(bytes, this.#scrub));
  }

  #abort({ params }: Sent): void {
    this.#calls.get(keyOf(params?.requestId))?.abort();
  }

  #plain(text: string): string {
    return this.#scrub === null ? text : this.#scrub(text);
  }

  #lost({ id }: Sent, why: 'server-gone' | 'bad-answer' | 'too-large'): void {
    if (id !== undefined) this.#listener.lost(id, why);
  }

  /** A request that was not answered otherwise is answered with an error. */
  #failed({ id }: Sent, message: string): void {
    if (id === undefined || !this.#listener.waitsFor(id)) return;
    const error = { code: -32603, message };
    this.#listener.line(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, error })));
  }

  async close(): Promise<void> {
    if (this.#session !== null) {
      const signal = AbortSignal.timeout(FAREWELL_MS);
      await this.#request({ method: 'DELETE', headers: this.#headersFor({}), signal }).then(
        ({ body }) => body.dump(),
        // Whoever is not there any more needs not be told.
        () => undefined,
      );
    }
    this.#ending.abort();
    for (const controller of this.#calls.values()) controller.abort();
    await this.#agent.destroy();
  }
}

// Bytes that are no text stay as they are: whoever reads them refuses them.
function scrubbed(bytes: Buffer, scrub: Scrub): Buffer {
  const text = bytes.toString('utf8');
  const plain = scrub(text);
  return plain === text ? bytes : Buffer.from(plain);
}

/** `1` and `"1"` are two ids. */
function keyOf(id: unknown): string {
  return JSON.stringify(id) ?? '';
}

async function readAll(body: AsyncIterable<Uint8Array>, reader: EventReader): Promise<void> {
  for await (const chunk of body) reader.take(Buffer.from(chunk));
}

const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function isUnsent(cause: Error): boolean {
  return 'code' in cause && typeof cause.code === 'string' && NEVER_SENT.has(cause.code);
}

/** Resolves after a while. Errors: when it is given up before. */
function pause(forMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, forMs).unref();
    const stop = (): void => {
      clearTimeout(timer);
      reject(new Error('given up'));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
