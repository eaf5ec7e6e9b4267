import type { JsonObject } from '@plumbline/core';

import { builtInCall, type Call, toolCall } from './call.ts';
import { clientCapabilities, introduction } from './capabilities.ts';
import { decideCall } from './decide-call.ts';
import { forwardCall } from './forward-call.ts';
import { loadInventory, listTools } from './list-tools.ts';
import {
  CODES,
  keyOf,
  type Message,
  type Notification,
  parseMessages,
  printError,
  printRequest,
  printResult,
  type Request,
  type RequestId,
  type Response,
} from './message.ts';
import {
  CLIENT_NOTIFICATIONS,
  CLIENT_REQUESTS,
  type ClientHandling,
  type Era,
  hasBatches,
  LEGACY,
  MODERN,
  rowOf,
  SERVER_NOTIFICATIONS,
} from './methods.ts';
import { type Refusal, unknownMethod } from './refusal.ts';
import { cancelAtServer, type Flight, type Relay, refusalOf, settle } from './relay.ts';
import { letInputs, takeInputs, takeServerRequest } from './server-asks.ts';

const PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';
const CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/**
 * One client before one server, message by message. What stands in no table of methods is refused,
 * what acts is decided first, and what comes back is recorded before it is released.
 * Source: spec/mcp.md.
 */
export class Gateway {
  readonly #relay: Relay;
  /** The revision a handshake agreed on; null before, and with clients that need none. */
  #revision: string | null = null;
  #isOpened = false;

  constructor(relay: Relay) {
    this.#relay = relay;
  }

  /** Takes one line of the client. */
  fromClient(line: Buffer): void {
    const { wires } = this.#relay;
    const parsed = parseMessages(line);
    if (!parsed.ok) {
      const { code, message, id } = parsed;
      // An id in use is not answered: its own answer is still to come.
      const free = id !== null && !this.#isTaken(id) ? id : null;
      wires.toClient(printError(free, { code, message }));
      return;
    }
    if (!parsed.isBatch) {
      for (const message of parsed.messages) this.#take(message, (bytes) => send(wires, bytes));
      return;
    }
    if (!hasBatches(this.#revision)) {
      const message = 'this revision of the protocol has no batches: send one message a line';
      wires.toClient(printError(null, { code: CODES.invalidRequest, message }));
      return;
    }
    this.#takeBatch(parsed.messages);
  }

  #takeBatch(messages: readonly Message[]): void {
    let open = messages.filter(({ kind }) => kind === 'request').length;
    const answers: string[] = [];
    const collect = (bytes: Buffer | null): void => {
      open -= 1;
      if (bytes !== null) answers.push(bytes.toString('utf8'));
      if (open === 0 && answers.length > 0) {
        this.#relay.wires.toClient(Buffer.from(`[${answers.join(',')}]`));
      }
    };
    for (const message of messages) this.#take(message, collect);
  }

  #take(message: Message, reply: Flight['reply']): void {
    const { toClient } = this.#relay;
    switch (message.kind) {
      case 'request':
        this.#takeRequest(message, reply);
        return;
      case 'notification':
        this.#takeNotification(message);
        return;
      case 'response':
        toClient.settle(message);
    }
  }

  #takeRequest(request: Request, reply: Flight['reply']): void {
    const { id, method, params } = request;
    const { flights, bounds } = this.#relay;
    const refuse = (code: number, message: string): void => reply(printError(id, { code, message }));
    if (this.#isTaken(id)) {
      const message = `the id ${JSON.stringify(id)} is in use`;
      reply(printError(null, { code: CODES.invalidRequest, message }));
      return;
    }
    const era = eraOf(params);
    if (era === null) {
      const data = { supported: [...MODERN], requested: versionIn(params) };
      const message = 'unsupported protocol version';
      reply(printError(id, { code: CODES.unsupportedVersion, message, data }));
      return;
    }
    const handling = rowOf(CLIENT_REQUESTS[era], method);
    if (handling === undefined) {
      reply(printError(id, unknownMethod(method, 'the gateway does not know this method')));
      return;
    }
    if (era === 'legacy' && !this.#isOpened && handling.kind !== 'open' && method !== 'ping') {
      const message = `send \`initialize\` first, or \`${PROTOCOL_VERSION}\` with each request`;
      refuse(CODES.invalidRequest, message);
      return;
    }
    if (flights.size >= bounds.inFlight) {
      refuse(CODES.internal, `${flights.size} requests are being answered: send it again`);
      return;
    }
    this.#fly({ request, era, reply, isCancelled: false, end: null }, handling);
  }

  #isTaken(id: RequestId): boolean {
    return this.#relay.flights.has(keyOf(id)) || this.#relay.toServer.has(id);
  }

  #fly(flight: Flight, handling: ClientHandling): void {
    const { flights, wires } = this.#relay;
    const { id } = flight.request;
    const key = keyOf(id);
    flights.set(key, flight);
    const work = this.#answer(flight, handling)
      .catch((error: unknown) => {
        // The one place where a bug becomes an answer, so that the client is not left waiting.
        wires.note(`a fault of the gateway: ${error instanceof Error ? error.stack : 'unknown'}`);
        return printError(id, { code: CODES.internal, message: 'plumbline met a fault' });
      })
      .then((bytes) => {
        flights.delete(key);
        flight.reply(flight.isCancelled ? null : bytes);
      });
    settle(this.#relay, work);
  }

  async #answer(flight: Flight, handling: ClientHandling): Promise<Buffer | null> {
    const { request, era } = flight;
    const { prefix, inventory } = this.#relay;
    switch (handling.kind) {
      case 'open':
        return this.#open(flight);
      case 'discover':
        return this.#discover(flight);
      case 'list-tools':
        return listTools(this.#relay, flight, this.#bytesOf(flight));
      case 'call-tool': {
        const call = toolCall(request, era, prefix);
        return 'tool' in call ? this.#callTool(flight, call) : call;
      }
      case 'govern':
        return this.#govern(flight, builtInCall(request, era, { prefix, ...handling }));
      case 'with':
        if (inventory.mayUse(handling.builtIn)) return this.#forward(flight);
        return printError(request.id, unknownMethod(request.method, missing(prefix, handling)));
      case 'listen':
      case 'forward':
        return this.#forward(flight);
    }
  }

  async #open(flight: Flight): Promise<Buffer> {
    const { request } = flight;
    const { inventory, wires } = this.#relay;
    const may = inventory.mayUse.bind(inventory);
    const capabilities = clientCapabilities(request.params['capabilities'], may);
    const params = { ...request.params, capabilities };
    const response = await this.#ask(flight, printRequest(request.method, params, request.id));
    if (response?.body.kind !== 'result') return response?.bytes ?? gone(request.id);
    const version = response.body.result['protocolVersion'];
    if (typeof version !== 'string' || !LEGACY.some((known) => known === version)) {
      const message = 'the server speaks a revision of the protocol that the gateway does not know';
      return printError(request.id, { code: CODES.invalidParams, message, data: [...LEGACY] });
    }
    this.#revision = version;
    this.#isOpened = true;
    const { result, signs } = introduction(response.body.result, may);
    if (signs.length > 0) wires.note(`instructions of the server were left out: ${signs.join()}`);
    return printResult(request.id, result);
  }

  async #discover(flight: Flight): Promise<Buffer> {
    const { id } = flight.request;
    const { inventory, wires } = this.#relay;
    const response = await this.#ask(flight, this.#bytesOf(flight));
    if (response?.body.kind !== 'result') return response?.bytes ?? gone(id);
    const { result, signs } = introduction(response.body.result, inventory.mayUse.bind(inventory));
    if (signs.length > 0) wires.note(`instructions of the server were left out: ${signs.join()}`);
    const { supportedVersions } = result;
    const versions = Array.isArray(supportedVersions) ? supportedVersions : [];
    const known = versions.filter((version) => MODERN.some((each) => each === version));
    return printResult(id, { ...result, supportedVersions: known, ...PRIVATE });
  }

  async #forward(flight: Flight): Promise<Buffer> {
    const response = await this.#ask(flight, this.#bytesOf(flight));
    return response?.bytes ?? gone(flight.request.id);
  }

  /** The request as the server may see it: without capabilities that the pact gives no leave for. */
  #bytesOf({ request, era }: Flight): Buffer {
    if (era === 'legacy') return request.bytes;
    const { inventory } = this.#relay;
    const params = withCapabilities(request.params, inventory.mayUse.bind(inventory));
    return params === request.params
      ? request.bytes
      : printRequest(request.method, params, request.id);
  }

  #ask(flight: Flight, bytes: Buffer): Promise<Response | null> {
    const { toServer, wires, state } = this.#relay;
    const { id } = flight.request;
    if (state.isServerGone) return Promise.resolve(null);
    return new Promise((resolve) => {
      toServer.open(id, resolve);
      flight.end = (why) => {
        if (why === 'cancelled') cancelAtServer(this.#relay, id, 'the client cancelled it');
        toServer.drop(id);
        resolve(null);
      };
      wires.toServer(bytes);
    });
  }

  async #callTool(flight: Flight, call: Call): Promise<Buffer | null> {
    const relay = this.#relay;
    const { inventory, enforcement, server } = relay;
    await loadInventory(relay, flight);
    const name = call.tool.slice(relay.prefix.length);
    const standing = inventory.standing(name);
    const isDeclared = standing !== undefined && standing.state !== 'unusable';
    const why = standing?.state === 'quarantined' ? (standing.why ?? 'changed') : 'not-listed';
    if (standing?.state === 'usable') return this.#govern(flight, call);
    // What the pact does not let the session use is refused in the words of the pact.
    if (!isDeclared && !inventory.isUsable(call.tool)) return this.#govern(flight, call);
    const { tool, args } = call;
    const said = await enforcement.refused({ tool, args, server, why });
    return call.refuse(quarantineOf(call, { why, say: standing?.say ?? null, said }));
  }

  async #govern(flight: Flight, call: Call): Promise<Buffer | null> {
    const relay = this.#relay;
    const problem = await takeInputs(relay, flight.request.params);
    if (problem !== null) return printError(flight.request.id, problem);
    const decided = await decideCall(relay, call, flight);
    if (!decided.ok) return call.refuse(decided.refusal);
    const print = (args: JsonObject): Buffer => this.#strip(flight, call.print(args));
    const forwarded = await forwardCall(relay, { ...call, print }, { answer: decided.answer, flight });
    switch (forwarded.kind) {
      case 'silent':
        return null;
      case 'refuse':
        return call.refuse(forwarded.refusal);
      case 'release': {
        const { body, bytes } = forwarded.response;
        if (body.kind === 'error' || body.result['resultType'] !== 'input_required') return bytes;
        const refusal = await letInputs(relay, body.result);
        return refusal === null ? bytes : call.refuse(refusal);
      }
    }
  }

  #strip(flight: Flight, bytes: Buffer): Buffer {
    if (flight.era === 'legacy') return bytes;
    const parsed = parseMessages(bytes);
    const [message] = parsed.ok ? parsed.messages : [];
    if (message?.kind !== 'request') return bytes;
    return this.#bytesOf({ ...flight, request: message });
  }

  #takeNotification(notification: Notification): void {
    const { wires, flights, toClient } = this.#relay;
    const { method, params, bytes } = notification;
    if (method === 'notifications/cancelled') {
      const flight = flights.get(keyIn(params['requestId']));
      if (flight === undefined || flight.request.method === 'initialize') return;
      flight.isCancelled = true;
      flight.end?.('cancelled');
      return;
    }
    if (method === 'notifications/progress' && toClient.size === 0) return;
    if (CLIENT_NOTIFICATIONS.legacy.includes(method) && this.#isOpened) wires.toServer(bytes);
  }

  /** The client sent something longer than is read. */
  clientTooLong(maxBytes: number): void {
    const message = `a message is at most ${maxBytes} bytes`;
    this.#relay.wires.toClient(printError(null, { code: CODES.invalidRequest, message }));
  }

  /** Takes one line of the server. */
  fromServer(line: Buffer): void {
    const { wires, flights } = this.#relay;
    const parsed = parseMessages(line);
    if (!parsed.ok) {
      wires.note(`the server said what cannot be read: ${parsed.message}`);
      const flight = parsed.id === null ? undefined : flights.get(keyOf(parsed.id));
      flight?.end?.('too-large');
      return;
    }
    if (parsed.isBatch && !hasBatches(this.#revision)) {
      wires.note('the server sent a batch, which its revision does not have');
      return;
    }
    for (const message of parsed.messages) this.#takeFromServer(message);
  }

  #takeFromServer(message: Message): void {
    const { toServer, wires } = this.#relay;
    switch (message.kind) {
      case 'request':
        takeServerRequest(this.#relay, message);
        return;
      case 'notification':
        this.#takeServerNotification(message);
        return;
      case 'response':
        if (!toServer.settle(message)) wires.note('the server answered what nobody asked');
    }
  }

  #takeServerNotification({ method, params, bytes }: Notification): void {
    const { inventory, wires, flights } = this.#relay;
    const needed = rowOf(SERVER_NOTIFICATIONS, method);
    if (needed === undefined || (needed !== null && !inventory.mayUse(needed))) return;
    if (method === 'notifications/tools/list_changed') inventory.spoil();
    if (method === 'notifications/cancelled') this.#endListening(params['requestId']);
    if (method === 'notifications/progress') {
      const token = params['progressToken'];
      const isOpen = [...flights.values()].some(({ request }) => tokenIn(request) === token);
      if (!isOpen) return;
    }
    wires.toClient(bytes);
  }

  // A server ends what a client listens to with the notice alone.
  #endListening(id: unknown): void {
    const flight = this.#relay.flights.get(keyIn(id));
    if (flight?.request.method !== 'subscriptions/listen') return;
    flight.isCancelled = true;
    flight.end?.('server-gone');
  }

  /** The server said something longer than is read: nobody knows which request it answered. */
  serverTooLong(): void {
    for (const flight of this.#relay.flights.values()) flight.end?.('too-large');
  }

  /** The server is gone: what waits for it is answered with that. */
  serverGone(): void {
    this.#relay.state.isServerGone = true;
    for (const flight of this.#relay.flights.values()) flight.end?.('server-gone');
  }

  /** The client is gone: what is on its way is cancelled. */
  clientGone(): void {
    const { flights, toClient } = this.#relay;
    for (const flight of flights.values()) {
      flight.isCancelled = true;
      flight.end?.('cancelled');
    }
    toClient.clear();
  }

  /** Resolves once everything was answered, and its end recorded. */
  async settled(): Promise<void> {
    const { settling } = this.#relay;
    while (settling.size > 0) await Promise.allSettled(settling);
  }
}

const PRIVATE = { cacheScope: 'private', ttlMs: 0 } as const;

function send({ toClient }: Relay['wires'], bytes: Buffer | null): void {
  if (bytes !== null) toClient(bytes);
}

function gone(id: RequestId): Buffer {
  return printError(id, { code: CODES.internal, message: 'the server ended before it answered' });
}

function missing(prefix: string, { builtIn }: { readonly builtIn: string }): string {
  return `the pact gives no leave for \`${prefix}${builtIn}\``;
}

function quarantineOf(
  { tool }: Call,
  {
    why,
    say,
    said,
  }: {
    readonly why: string;
    readonly say: string | null;
    readonly said: { readonly ok: boolean };
  },
): Refusal {
  if (!said.ok) {
    return refusalOf('unavailable', 'nothing can be recorded, so nothing is let through', { tool });
  }
  if (why === 'not-listed') {
    return refusalOf('not-listed', `the server does not list \`${tool}\``, { tool });
  }
  return refusalOf('quarantined', say ?? 'a person has to accept its definition', { tool });
}

function eraOf(params: JsonObject): Era | null {
  const version = versionIn(params);
  if (version === null) return 'legacy';
  return MODERN.some((known) => known === version) ? 'modern' : null;
}

function versionIn({ _meta }: JsonObject): string | null {
  const version: unknown = Object(_meta)[PROTOCOL_VERSION];
  return version === undefined ? null : String(version).slice(0, 64);
}

function withCapabilities(params: JsonObject, may: Parameters<typeof clientCapabilities>[1]) {
  const meta: JsonObject = Object(params['_meta']);
  const given = meta[CLIENT_CAPABILITIES];
  const kept = clientCapabilities(given, may);
  if (JSON.stringify(kept) === JSON.stringify(given)) return params;
  return { ...params, _meta: { ...meta, [CLIENT_CAPABILITIES]: kept } };
}

function keyIn(id: unknown): string {
  return typeof id === 'string' || typeof id === 'number' ? keyOf(id) : '';
}

function tokenIn({ params }: Request): unknown {
  const token: unknown = Object(params['_meta'])['progressToken'];
  return token ?? null;
}
