import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { Stop } from '../stop.ts';

/** What a call was answered with, once it was: the result, or why there is none. */
export type CallAnswer =
  | { readonly kind: 'released'; readonly result: JsonObject }
  | { readonly kind: 'refused'; readonly code: string; readonly decision: string | null }
  | { readonly kind: 'error'; readonly message: string };

/** A call under way. */
export type CallUnderWay = {
  readonly answer: Promise<CallAnswer>;
  /** Resolves when the gateway says that it waits for a person or for facts. */
  readonly waits: Promise<void>;
  readonly cancel: () => Promise<void>;
};

/** Where the gateway is, and whose session is used. */
export type GatewayPlace = {
  readonly url: string;
  readonly key: string;
  /** The session of the guard, which somebody opened. */
  readonly session: string;
};

const REVISION = '2025-11-25';

/** An MCP client over Streamable HTTP that does nothing but call tools. */
export class McpCaller {
  readonly #place: GatewayPlace;
  readonly #headers: Record<string, string>;
  #count = 0;

  private constructor(place: GatewayPlace) {
    this.#place = place;
    this.#headers = {
      authorization: `Bearer ${place.key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'plumbline-session': place.session,
    };
  }

  /** Shakes hands with the gateway. Errors: `Stop` with what it answered. */
  static async connect(place: GatewayPlace): Promise<McpCaller> {
    const caller = new McpCaller(place);
    const clientInfo = { name: 'plumb-replay', version: '1' };
    const params = { protocolVersion: REVISION, capabilities: {}, clientInfo };
    const response = await caller.#post({ id: 'hello', method: 'initialize', params });
    const text = await response.text();
    const id = response.headers.get('mcp-session-id');
    if (id === null) throw new Stop(`the gateway did not take the session: ${text}`);
    caller.#headers['mcp-session-id'] = id;
    caller.#headers['mcp-protocol-version'] = REVISION;
    await (await caller.#post({ method: 'notifications/initialized' })).text();
    return caller;
  }

  /** Calls a tool. */
  call(name: string, args: JsonObject): CallUnderWay {
    this.#count += 1;
    const id = this.#count;
    const { promise: waits, resolve } = Promise.withResolvers<void>();
    const params = { name, arguments: args, _meta: { progressToken: id } };
    const answer = this.#ask({ id, method: 'tools/call', params }, resolve);
    const cancel = async (): Promise<void> => {
      const told = { method: 'notifications/cancelled', params: { requestId: id } };
      await (await this.#post(told)).text();
    };
    return { answer, waits, cancel };
  }

  async close(): Promise<void> {
    const { url } = this.#place;
    await (await fetch(url, { method: 'DELETE', headers: this.#headers })).text();
  }

  #post(message: JsonObject): Promise<Response> {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    return fetch(this.#place.url, { method: 'POST', headers: this.#headers, body });
  }

  async #ask(message: JsonObject, waits: () => void): Promise<CallAnswer> {
    const response = await this.#post(message);
    for await (const heard of messagesOf(response)) {
      if (heard['id'] === message['id'] || heard['id'] === null) return answerOf(heard);
      if (isWaiting(heard)) waits();
    }
    return { kind: 'error', message: `no answer, status ${response.status}` };
  }
}

function isWaiting({ method, params }: JsonObject): boolean {
  const message = isJsonObject(params ?? null) ? Object(params)['message'] : undefined;
  return method === 'notifications/progress' && String(message).startsWith('plumbline waits');
}

async function* messagesOf(response: Response): AsyncGenerator<JsonObject> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('text/event-stream')) {
    const text = await response.text();
    if (text !== '') yield objectOf(text);
    return;
  }
  let rest = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('data: ') && line.length > 6) yield objectOf(line.slice(6));
    }
  }
}

function objectOf(text: string): JsonObject {
  // What the gateway writes is JSON.
  const value = JSON.parse(text) as Json;
  return isJsonObject(value) ? value : {};
}

function answerOf({ result, error, detail }: JsonObject): CallAnswer {
  if (!isJsonObject(result ?? null)) {
    const message = isJsonObject(error ?? null) ? Object(error)['message'] : detail;
    return { kind: 'error', message: String(message ?? 'an answer that is none') };
  }
  const released: JsonObject = Object(result);
  const meta = released['_meta'];
  const refusal: unknown = isJsonObject(meta ?? null) ? Object(meta)['plumbline/refusal'] : null;
  if (refusal === undefined || refusal === null) return { kind: 'released', result: released };
  const { code, decision }: { readonly [name: string]: unknown } = Object(refusal);
  const of = { code: String(code), decision: typeof decision === 'string' ? decision : null };
  return { kind: 'refused', ...of };
}
