import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { type Eras, OWN_META } from './bridge.ts';
import type { Enforcement } from './enforcement.ts';
import { fewNotes, NOTES_OF_ONE } from './few-notes.ts';
import { Gateway } from './gateway.ts';
import { loadInventory } from './list-tools.ts';
import {
  CODES,
  keyOf,
  parseMessages,
  printError,
  printRequest,
  printResult,
  type Request,
  type ResponseBody,
} from './message.ts';
import type { MessageUse } from './message-use.ts';
import type { Era } from './methods.ts';
import { openRelay } from './open-relay.ts';
import type { ParamHeader } from './param-headers.ts';
import type { Relay, RelayBounds } from './relay.ts';
import type { OpenUpstream, StagingServer, Upstream } from './upstream.ts';

/** Who takes what a server says without being asked. */
export type BranchListener = {
  readonly notified: (branch: Branch, method: string, params: JsonObject) => void;
  /** The server asks the client for something; resolves with the client's answer. */
  readonly asked: (branch: Branch, request: Request) => Promise<ResponseBody>;
  readonly note: (text: string) => void;
};

/** Told that a request waits for people, and by which approval. */
export type SteppedUp = (approval: string) => void;

/** A request on its way. */
export type Asking = {
  readonly answer: Promise<ResponseBody>;
  readonly cancel: () => void;
};

/** What a branch is made with. */
export type BranchOptions = {
  readonly namespace: string;
  readonly open: OpenUpstream;
  /** Whether clients see its names as they are. */
  readonly isPlain: boolean;
  /** Whether it is reached over HTTP. */
  readonly isRemote: boolean;
  /** Whether pacts name its tools as they are. */
  readonly isBare: boolean;
  readonly staging?: StagingServer | undefined;
  readonly handshakeMs?: number;
  readonly bounds?: Partial<RelayBounds>;
  readonly enforcement: Enforcement;
  readonly listener: BranchListener;
};

const HANDSHAKE_MS = 10_000;
const LIST_MS = 30_000;
const GONE: ResponseBody = {
  kind: 'error',
  error: { code: CODES.internal, message: 'the server is gone' },
};

/** One server behind a gateway of several, with the guard before it. */
export class Branch {
  readonly namespace: string;
  readonly isPlain: boolean;
  readonly relay: Relay;
  readonly #isRemote: boolean;
  readonly #handshakeMs: number;
  readonly #gateway: Gateway;
  readonly #upstream: Upstream;
  readonly #listener: BranchListener;
  readonly #waiting = new Map<string, (body: ResponseBody) => void>();
  readonly #steppedUp = new Map<string, SteppedUp>();
  #count = 0;
  era: Era = 'legacy';
  capabilities: JsonObject = {};
  isUp = false;

  constructor(options: BranchOptions) {
    const { namespace, open, isPlain, isBare, isRemote, enforcement, listener } = options;
    this.namespace = namespace;
    this.isPlain = isPlain;
    this.#isRemote = isRemote;
    this.#handshakeMs = options.handshakeMs ?? HANDSHAKE_MS;
    this.#listener = listener;
    const note = fewNotes((text) => listener.note(`${namespace}: ${text}`), NOTES_OF_ONE);
    this.relay = openRelay({
      enforcement,
      staging: options.staging,
      bounds: options.bounds ?? {},
      prefix: isBare ? '' : `${namespace}.`,
      server: namespace,
      steppedUp: (id, approval) => this.#steppedUp.get(keyOf(id))?.(approval),
      wires: {
        toClient: (bytes) => this.#take(bytes),
        toServer: (bytes, headers, use) => this.#upstream.send(bytes, headers, use),
        ...(isRemote ? { prepare: (use) => prepared(this.#upstream, use) } : {}),
        note,
      },
    });
    this.#gateway = new Gateway(this.relay);
    this.#upstream = open({
      line: (bytes) => this.#gateway.fromServer(bytes),
      tooLong: () => this.#gateway.serverTooLong(),
      waitsFor: (id) => this.#gateway.waitsFor(id),
      lost: (id, why) => this.#gateway.serverLost(id, why),
      gone: (why) => {
        note(`the server is gone (${why})`);
        this.isUp = false;
        this.#gateway.serverGone();
      },
    });
  }

  /** Says hello, in the client's era if the server speaks it. Returns whether it is there. */
  async start(client: Era, capabilities: JsonObject): Promise<boolean> {
    await this.relay.inventory.offer([]);
    const eras: readonly Era[] = client === 'legacy' ? ['legacy', 'modern'] : ['modern', 'legacy'];
    for (const era of eras) {
      const body = await this.#greet(era, capabilities);
      if (body?.kind !== 'result') continue;
      this.era = era;
      this.relay.inventory.saysHeaders = this.#isRemote && era === 'modern';
      this.capabilities = Object(body.result['capabilities']);
      this.isUp = !this.relay.state.isServerGone;
      if (era === 'legacy') this.tell('notifications/initialized', {});
      return this.isUp;
    }
    return false;
  }

  async #greet(era: Era, capabilities: JsonObject): Promise<ResponseBody | null> {
    if (this.relay.state.isServerGone) return null;
    const { answer, cancel } =
      era === 'legacy'
        ? this.ask('initialize', {
            protocolVersion: '2025-11-25',
            capabilities,
            clientInfo: { name: 'plumbline', version: '0.0.0' },
          })
        : this.ask('server/discover', { _meta: OWN_META });
    const { promise, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(() => resolve(null), this.#handshakeMs);
    const body = await Promise.race([answer, promise]);
    clearTimeout(timer);
    if (body === null) cancel();
    return body;
  }

  /** Returns which eras a message crosses between. */
  erasWith(client: Era): Eras {
    return { client, server: this.era };
  }

  /** Returns which arguments of a tool a client says in headers as well. */
  async paramHeaders(name: string): Promise<readonly ParamHeader[]> {
    if (!this.isUp) return [];
    await loadInventory(this.relay, this.era === 'modern' ? { _meta: OWN_META } : {});
    return this.relay.inventory.standing(name)?.headers ?? [];
  }

  /** Asks the server through the guard. */
  ask(method: string, params: JsonObject, steppedUp?: SteppedUp): Asking {
    this.#count += 1;
    const id = `b-${this.#count}`;
    if (this.relay.state.isServerGone) return { answer: Promise.resolve(GONE), cancel: () => {} };
    const { promise, resolve } = Promise.withResolvers<ResponseBody>();
    this.#waiting.set(keyOf(id), resolve);
    if (steppedUp !== undefined) this.#steppedUp.set(keyOf(id), steppedUp);
    const forget = (): void => void this.#steppedUp.delete(keyOf(id));
    this.#gateway.fromClient(printRequest(method, params, id));
    return {
      answer: promise.finally(forget),
      cancel: () => {
        this.tell('notifications/cancelled', { requestId: id });
        this.#waiting.delete(keyOf(id));
        resolve({ kind: 'error', error: { code: CODES.internal, message: 'it was cancelled' } });
      },
    };
  }

  /** Tells the server something. */
  tell(method: string, params: JsonObject): void {
    this.#gateway.fromClient(printRequest(method, params));
  }

  /** What the gateway says to its client, which is this. */
  #take(bytes: Buffer): void {
    const parsed = parseMessages(bytes);
    for (const message of parsed.ok ? parsed.messages : []) {
      if (message.kind === 'response') {
        this.#waiting.get(keyOf(message.id))?.(message.body);
        this.#waiting.delete(keyOf(message.id));
      } else if (message.kind === 'notification') {
        this.#listener.notified(this, message.method, message.params);
      } else {
        void this.#answer(message);
      }
    }
  }

  async #answer(request: Request): Promise<void> {
    const body = await this.#listener.asked(this, request);
    this.#gateway.fromClient(
      body.kind === 'result'
        ? printResult(request.id, body.result)
        : printError(request.id, body.error),
    );
  }

  async close(): Promise<void> {
    this.#gateway.clientGone();
    await this.#gateway.settled();
    await this.relay.staging?.close();
    await this.#upstream.close();
  }
}

function prepared({ prepare }: Upstream, use: MessageUse): Promise<string | null> {
  return prepare?.(use) ?? Promise.resolve(null);
}

/** Returns every item of a list that comes in pages. */
export async function wholeList(
  branch: Branch,
  { method, name, params }: { readonly method: string; readonly name: string; params: JsonObject },
): Promise<readonly Json[]> {
  const items: Json[] = [];
  let cursor: Json | undefined;
  for (let page = 0; page < 100; page += 1) {
    const asked = cursor === undefined ? params : { ...params, cursor };
    const { answer, cancel } = branch.ask(method, asked);
    // A server that hangs keeps the lists of the others from nobody.
    const timer = setTimeout(cancel, Math.min(LIST_MS, branch.relay.bounds.callMs)).unref();
    const body = await answer;
    clearTimeout(timer);
    if (body.kind === 'error') return items;
    const list = body.result[name];
    if (Array.isArray(list)) items.push(...list.filter(isJsonObject));
    cursor = body.result['nextCursor'];
    if (typeof cursor !== 'string') return items;
  }
  return items;
}
